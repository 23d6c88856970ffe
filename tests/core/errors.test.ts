import { expect, test } from 'vitest';

import { describeSystemError } from '../../src/core/errors.ts';

const failureOf = (code: string, more: object = {}): Error =>
  Object.assign(new Error('words of the platform'), { code, ...more });

test('a failure of the operating system says what it met and where', () => {
  expect(describeSystemError(failureOf('EMFILE', { path: 'a.parquet' }))).toEqual({
    code: 'os-emfile',
    message: 'too many open files: a.parquet',
    hint: expect.stringMatching(/ulimit -n/u),
  });
});

// Where the limit of open files is reached while Node looks for a package, it takes the package for missing.
test('a module that cannot be found is laid to the limit of open files before the installation', () => {
  const missing = failureOf('ERR_MODULE_NOT_FOUND');
  expect(describeSystemError(missing)).toEqual({
    code: 'os-err_module_not_found',
    message: 'a part of the program cannot be found: words of the platform',
    hint: expect.stringMatching(/ulimit -n.*install/u),
  });
});

test('anything else is not called a failure of the system', () => {
  expect(describeSystemError(new Error('plain'))).toBeUndefined();
  expect(describeSystemError(failureOf('ERR_ASSERTION'))).toBeUndefined();
});
