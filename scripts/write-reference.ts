import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { configJsonSchema, configReference } from '../src/config/explain.ts';

/** Writes docs/configuration.md and configs/schema.json from the schema; CI fails when they differ from what is committed. */
const root = join(import.meta.dirname, '..');
writeFileSync(join(root, 'docs', 'configuration.md'), configReference());
writeFileSync(join(root, 'configs', 'schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
