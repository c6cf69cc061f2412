const longest = 300;

/** A message that may quote what was sent, cut where it would no longer help: the names of ten thousand unknown fields, say. */
export function shortened(message: string): string {
  return message.length > longest ? `${message.slice(0, longest)}…` : message;
}
