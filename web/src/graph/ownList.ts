import { ConnectionHandler } from "relay-runtime";
import { environment } from "./environment.ts";
import { viewerId } from "./person.ts";

/**
 * Return the viewer's list that has this key, for the `connections` of a mutation on another screen: what left the list
 * is gone when the person comes there. Empty if the list was never loaded.
 */
export function ownList(key: string): readonly string[] {
  const viewer = viewerId();
  const list = viewer === null ? null : ConnectionHandler.getConnectionID(viewer, key);
  return list !== null && environment.getStore().getSource().has(list) ? [list] : [];
}
