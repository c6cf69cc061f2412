import { z } from 'zod';

// Answers of MLflow's REST API 2.0, after mlflow/protos/model_registry.proto. Every field of a proto2 message is optional
// in JSON, an empty list is left out, and int64 is written as a number (or, by the rules of
// protobuf's JSON form, as a text).
// Fields that are not read are left out here; unknown ones are let through.

/** Epoch milliseconds until the year 9999. */
const moment = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .pipe(z.int().min(0).max(253_402_300_799_999));

/** Without halves of surrogate pairs, which no evidence can hold. */
const text = z.string().regex(/^\P{Cs}*$/u);
const name = text.min(1);

const tag = z.object({ key: text, value: text.optional() });

/** `RegisteredModelAlias`. */
const alias = z.object({
  alias: name,
  version: z.union([name, z.int().transform(String)]),
});

/** `GetRegisteredModel.Response`. */
export const registeredModelAnswer = z.object({
  registered_model: z.object({
    name,
    aliases: z.array(alias).default([]),
  }),
});

/** `ModelVersion`. */
const modelVersion = z.object({
  name,
  version: z.union([name, z.int().transform(String)]),
  creation_timestamp: moment.optional(),
  last_updated_timestamp: moment.optional(),
  run_id: text.optional(),
  status: text.optional(),
  tags: z.array(tag).default([]),
});
export type ModelVersion = z.output<typeof modelVersion>;

/** `SearchModelVersions.Response`. */
export const modelVersionsAnswer = z.object({
  model_versions: z.array(modelVersion).default([]),
  next_page_token: z.string().optional(),
});
