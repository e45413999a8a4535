export const words = {
  views: "Views of Billing and Orders",
  tabs: { billing: "Overview", contracts: "Contracts" },
  seats: "Seats of the team",
  product: "Product",
  total: "Seats",
  assigned: "Assigned",
  available: "Available",
  waiting: "Waiting",
  share: "In use",
  shareOf: (product: string) => `Assigned seats of ${product}`,
  noSeats: "The team has no seats",
  noSeatsHint: "Seats come with a subscription. Ask your vendor for one.",
};
