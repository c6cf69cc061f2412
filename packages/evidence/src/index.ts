/**
 * Evidence: its kinds, canonical form, Merkle log, signed heads, packs and offline verification.
 * Isomorphic: no input or output, no clock, no Backstage.
 *
 * @packageDocumentation
 */
export { evidenceItemSchema, type EvidenceItem } from './item/item';
export {
  codeSchema,
  digestSchema,
  entityRefSchema,
  envelopeSchema,
  instantSchema,
  segmentSchema,
  type Envelope,
  type Segment,
} from './item/envelope';
export { evidenceKinds, type EvidenceType, type PayloadOf } from './kinds/kinds';
