import type { Adapter } from './adapter.ts';
import { isFields } from './sample.ts';
import { joinParts, listOf, textOf } from './values.ts';

/** Self-instruct: an instruction with `instances: [{input, output}]`; the first instance is the example. */
export const instancesAdapter: Adapter = {
  kind: 'instances',
  detect(sample) {
    const instruction = sample.find(['instruction', 'task', 'definition']);
    const instances = sample.find(['instances', 'examples']);
    if (instruction === undefined || instances === undefined) return undefined;
    const fits = sample.values(instances).every((value) => {
      const first = listOf(value)?.[0];
      return isFields(first) && 'output' in first;
    });
    return fits ? { instruction, instances } : undefined;
  },
  compile(columns) {
    const { instruction = '', instances = '' } = columns;
    return ([record = {}]) => {
      const first = listOf(record[instances])?.[0];
      const instance = isFields(first) ? first : {};
      const request = joinParts([textOf(record[instruction]), textOf(instance['input'])]);
      return {
        messages: [
          { role: 'user', content: request },
          { role: 'assistant', content: textOf(instance['output']) },
        ],
      };
    };
  },
};
