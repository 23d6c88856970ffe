import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

import { optionalPackages, type PythonEnvironment, requiredPackages } from '../../lora/environment.ts';

const probeSchema = z.object({
  python: z.string(),
  packages: z.record(z.string(), z.string().nullable()),
  cuda: z.string().nullable(),
  device: z.string().nullable(),
  vram_bytes: z.number().nullable(),
});

/** Importing torch takes seconds on a cold disk. */
const timeoutMs = 120_000;

/** Versions come from the packages' metadata: importing all of them would take a minute. torch alone can tell of a device. */
const probe = `
import json, platform
from importlib.metadata import PackageNotFoundError, version
def version_of(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None
found = {"python": platform.python_version(), "packages": {}, "cuda": None, "device": None, "vram_bytes": None}
for name in NAMES:
    found["packages"][name] = version_of(name)
try:
    import torch
    found["cuda"] = torch.version.cuda
    if torch.cuda.is_available():
        found["device"] = torch.cuda.get_device_name(0)
        found["vram_bytes"] = torch.cuda.get_device_properties(0).total_memory
except Exception:
    pass
print(json.dumps(found))
`;

/** Asks a Python for its packages and its device; null where it cannot be started. */
export async function probePython(python: string): Promise<PythonEnvironment | null> {
  const names = JSON.stringify([...requiredPackages, ...optionalPackages]);
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', probe.replace('NAMES', names)], {
      timeout: timeoutMs,
    });
    return probeSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  } catch {
    return null;
  }
}
