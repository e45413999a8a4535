type Role = "USER" | "SOFTWARE_COORDINATOR" | "CONTRACT_MANAGER";

const ROLES = ["USER", "SOFTWARE_COORDINATOR", "CONTRACT_MANAGER"] as const;

/** The roles that the viewer can choose for somebody. Only contract managers make one; Usher would refuse the others. */
export function rolesFor(viewerRole: Role, present: Role): readonly Role[] {
  return ROLES.filter((role) => role !== "CONTRACT_MANAGER" || role === viewerRole || role === present);
}
