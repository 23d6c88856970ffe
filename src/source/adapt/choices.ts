import type { Adapter } from './adapter.ts';
import { optionLines, readOptions, resolveAnswer } from './answer-options.ts';
import { isFields } from './sample.ts';
import { joinParts, textOf } from './values.ts';

/** `question: {stem, choices: [{label, text}]}` with an answer key (ARC, CommonsenseQA, OpenBookQA). */
export const choicesAdapter: Adapter = {
  kind: 'choices',
  detect(sample) {
    const question = sample.find(['question']);
    const answer = sample.find(['answerkey', 'answer', 'label']);
    if (question === undefined || answer === undefined) return undefined;
    const fits = sample
      .values(question)
      .every((value) => isFields(value) && 'stem' in value && 'choices' in value);
    return fits ? { question, answer } : undefined;
  },
  compile(columns) {
    const { question = '', answer = '' } = columns;
    return ([record = {}]) => {
      const asked = isFields(record[question]) ? record[question] : {};
      const options = readOptions(asked['choices']);
      return {
        messages: [
          { role: 'user', content: joinParts([textOf(asked['stem']), optionLines(options)]) },
          { role: 'assistant', content: resolveAnswer(record[answer], options) },
        ],
      };
    };
  },
};
