import { navigate } from "../router/router.ts";
import { enter } from "./enter.ts";
import { signIn } from "./publicRoutes.ts";
import { SecondStepForm, type Step } from "./SecondStepForm.tsx";

/** The second step after a link that signs the person in. They go on to the start, or begin again at the sign-in. */
export function LinkSecondStep({ step }: { readonly step: Step }) {
  return (
    <SecondStepForm
      step={step}
      onDone={(userId) => {
        enter(userId);
      }}
      onAgain={() => {
        navigate(signIn.href({}), { replace: true });
      }}
    />
  );
}
