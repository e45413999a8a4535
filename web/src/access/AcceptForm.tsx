import { useState } from "react";
import { graphql } from "react-relay";
import { products } from "../catalogue/routes.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { accessWords } from "../words/access.ts";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import type { AcceptFormMutation } from "./__generated__/AcceptFormMutation.graphql";
import { enter } from "./enter.ts";
import { LinkSecondStep } from "./LinkSecondStep.tsx";
import type { Step } from "./SecondStepForm.tsx";

/** What the link of an invitation offers. */
export interface Offer {
  readonly teamName: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

interface Props {
  readonly token: string;
  readonly offer: Offer;
  /** Whether the person gets a new account, which needs a password. */
  readonly isNew: boolean;
  /** The invitation is not what it was when the page was opened. */
  readonly onChange: () => void;
}

const mutation = graphql`
  mutation AcceptFormMutation($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      member {
        user {
          id
        }
        team {
          id
          name
        }
      }
      challenge
      secondFactors
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** The button that accepts an invitation, and what a new account needs. */
export function AcceptForm({ token, offer, isNew, onChange }: Props) {
  const t = useWords(linksWords);
  const [person, setPerson] = useState({ firstName: offer.firstName, lastName: offer.lastName, password: "" });
  const [step, setStep] = useState<Step | null>(null);
  const accept = useMutation<AcceptFormMutation>(mutation);
  if (step !== null) return <LinkSecondStep step={step} />;
  const send = async () => {
    const payload = await accept.send({ token, ...(isNew && person), delivery: "COOKIE", dryRun: false });
    if (payload?.challenge != null) {
      setStep({ challenge: payload.challenge, factors: payload.secondFactors });
    } else if (payload?.member) {
      const { user, team } = payload.member;
      showDone(t.invitation.joined(team.name));
      enter(user.id, products.href({ team: team.id }));
    } else if (payload?.errors.some(({ field }) => field.includes("token"))) {
      onChange();
    }
  };
  return (
    <Form
      problems={accept.problems}
      onSubmit={() => void send()}
      buttons={
        <Button type="submit" look="main" pending={accept.pending}>
          {t.invitation.action}
        </Button>
      }
    >
      {isNew && <NewAccountFields person={person} onChange={setPerson} />}
    </Form>
  );
}

interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly password: string;
}

interface FieldsProps {
  readonly person: Person;
  readonly onChange: (person: Person) => void;
}

function NewAccountFields({ person, onChange }: FieldsProps) {
  const t = useWords(linksWords);
  const words = useWords(accessWords);
  const field = (name: keyof Person) => ({
    name,
    value: person[name],
    onChange: ({ target }: { target: { value: string } }) => {
      onChange({ ...person, [name]: target.value });
    },
  });
  return (
    <>
      <p>{t.invitation.newAccount}</p>
      <TextField {...field("firstName")} label={t.firstName} autoComplete="given-name" />
      <TextField {...field("lastName")} label={t.lastName} hint={t.oneName} autoComplete="family-name" required={false} />
      <TextField
        {...field("password")}
        type="password"
        label={words.password}
        hint={t.passwordHint}
        autoComplete="new-password"
      />
    </>
  );
}
