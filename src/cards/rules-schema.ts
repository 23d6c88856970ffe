import { z } from 'zod';

const texts = z.array(z.string()).default([]);

export const conversationRulesSchema = z.strictObject({
  opening_behavior: z.string().describe('How the person starts.'),
  response_style: z.string().describe('Brief or detailed, formal or casual.'),
  behavioral_triggers: z
    .strictObject({
      what_engages: texts.describe('What makes the person open up.'),
      what_frustrates: texts.describe('What annoys.'),
      what_escalates: texts.describe('What makes it a conflict.'),
      what_ends_conversation: texts.describe('What ends it.'),
    })
    .prefault({})
    .describe('What the person reacts to.'),
});

const prepRules = z
  .array(
    z.strictObject({
      match: z.string().describe('Head phrase whose words must all stand in the meeting.'),
      minutes: z
        .tuple([z.number(), z.number()])
        .nullable()
        .default(null)
        .describe('Shortest and longest preparation; null: not said.'),
    }),
  )
  .default([]);

export const oracleRulesSchema = z.strictObject({
  tier: z.union([z.literal(1), z.literal(2), z.literal(3)]).describe('1: highest stakes.'),
  importance: z
    .strictObject({
      always: texts.describe('Always important.'),
      usually: texts.describe('Usually important.'),
      sometimes: texts.describe('Sometimes important.'),
      rarely: texts.describe('Rarely important.'),
    })
    .prefault({})
    .describe('Phrases that make a meeting important, by how surely.'),
  priorities: z
    .array(
      z.strictObject({
        name: z.string().describe('What the person works for.'),
        share: z.number().nullable().default(null).describe('Share of working time, 0 … 1; null: not said.'),
        keywords: texts.describe('Words that tell a meeting serves it.'),
      }),
    )
    .default([])
    .describe('Three to five priorities.'),
  rsvp: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe('always_accept, conditional, decline_by_default, always_decline → phrases.'),
  prep: z
    .strictObject({
      requires: prepRules.describe('Has to be prepared.'),
      optional: prepRules.describe('Better prepared.'),
      none: prepRules.describe('Needs no preparation.'),
    })
    .prefault({})
    .describe('What has to be prepared, and how long that takes.'),
});
