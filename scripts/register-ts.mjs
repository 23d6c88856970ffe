// Lets the main thread and every worker thread import TypeScript; `--import tsx` alone does not hook ESM in workers on Node 20.
import { register } from 'tsx/esm/api';

register();
