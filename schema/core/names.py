"""A description that the inputs with names of people share."""

LAST_NAME = "Leave it out if the person has one name only: that is the first name. An empty text means the same."
