import { z } from 'zod';
import { Hasher, sha256, toHex, utf8 } from '../bytes/bytes';
import { canonicalize } from '../canonical/canonicalize';
import { signNote, type NoteSigner } from '../checkpoint/note';
import { entityRefSchema, instantSchema } from '../item/envelope';
import { PACK_FORMAT } from './format';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** A plain name: no folders, nothing that a file system or a terminal reads as more than a name. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);

/** The shape of `manifest.json`. @public */
export const packManifestSchema = z
  .object({
    format: z.literal(PACK_FORMAT),
    packId: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
    subject: entityRefSchema,
    period: z
      .object({ start: instantSchema, end: instantSchema })
      .strict()
      .describe('Half-open [start, end), by time of observation'),
    exportedBy: entityRefSchema,
    exportedAt: instantSchema,
    log: z
      .object({
        origin: z.string().min(1).max(300),
        size: count,
        rootHash: hex64,
      })
      .strict(),
    counts: z
      .object({
        evidence: count,
        redacted: count,
        byType: z.record(z.string().max(100), count),
      })
      .strict(),
    files: z
      .array(z.object({ name: fileName, size: count, sha256: hex64 }).strict())
      .min(1)
      .max(100),
  })
  .strict();

/**
 * What a pack says about itself: what was exported, for which period, by whom, from which state of the log, and the SHA-256
 * of every other file. `files` is in the order in which the files stand in the ZIP.
 * @public
 */
export type PackManifest = z.infer<typeof packManifestSchema>;

/** The text of `manifest.json`: canonical JSON and a newline. Throws when the manifest is not valid: a broken promise. @public */
export function writeManifest(manifest: PackManifest): string {
  return `${canonicalize(packManifestSchema.parse(manifest))}\n`;
}

/** Reads `manifest.json`; a text says why not. One manifest has one spelling. @public */
export function readManifest(text: string): PackManifest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'string' && format !== PACK_FORMAT) {
    return `its format is ${JSON.stringify(
      format.slice(0, 100),
    )}, and this release reads ${PACK_FORMAT}`;
  }
  const parsed = packManifestSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `/${issue.path.map(String).join('/')}: ${issue.message}`;
  }
  if (writeManifest(parsed.data) !== text)
    return 'it is not written in canonical form';
  return parsed.data;
}

/**
 * The text that is signed for a manifest: it names the pack and the SHA-256 of `manifest.json`. Its third line is no base64,
 * so that it can never pass for a head of the log, which the same key signs.
 * @public
 */
export function manifestNoteBody(
  packId: string,
  manifestText: string,
  hash: Hasher = sha256,
): string {
  return `${PACK_FORMAT} manifest\n${packId}\nsha256:${toHex(
    hash(utf8(manifestText)),
  )}\n`;
}

/** The text of `manifest.sig`. @public */
export function signManifest(
  packId: string,
  manifestText: string,
  signer: NoteSigner,
): string {
  return signNote(manifestNoteBody(packId, manifestText), signer);
}
