import fc from 'fast-check';

/**
 * Property tests try the same cases in every run, so that a run that passed once passes again; `PROPERTY_SEED=random npm test`, or a
 * number, tries others.
 */
const seed = process.env['PROPERTY_SEED'] ?? '20260101';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
