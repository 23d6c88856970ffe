import { expect, test } from 'vitest';

import { escapeMarkdown } from '../../src/report/markdown-table.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { sampleModel } from './support/sample-model.ts';

test('a tiny run in Markdown', () => {
  const sample = sampleModel({ personas: 2, sources: 1, rows: 900, feasible: true });
  const tiny = { ...sample, axes: { ...sample.axes, trait: sample.axes.trait.slice(0, 2) } };
  expect(renderMarkdown(tiny)).toMatchInlineSnapshot(`
    "# What happened

    tag-datasets 0.2.0: 300 rows, 63,600 tokens, 44,100 supervised tokens in the balanced corpus.

    - config configs/persona_training_config.yaml (5b1f0c2d9a7e4c33)
    - seed 42
    - shares of rows
    - tokens estimated: bytes / 4 and 4 a message
    - tagger persona-v1 (9c1e9c1e9c1e)
    - tagger traits-v1 (07ab07ab07ab)

    ## Every input row

    | what | rows |
    | --- | ---: |
    | **input** | 32,265 |
    | selected | 295 |
    | not selected | 605 |
    | duplicates | 21,733 |
    | filtered: too-long | 1,204 |
    | filtered: too-short | 8,310 |
    | quarantined | 118 |

    Beside it: copies 5, synthetic 0, filtered in all 9,514, records read 72,477, records of unrecognised files and lists 812.

    ## Who judged the rows

    - persona-v1 judged 855 rows (95.0%), 180 of them (21.1%) below its thresholds.
    - minilm-v1 judged 45 rows (5.0%), 11 of them (24.4%) below its thresholds.
    - The accurate tier was given 45 rows of 900, those of which the fast tier was least sure (budget: 5.0% of the rows). Both tiers have the same best persona in 33.3% of them.

    ## Targets

    All targets can hold together.

    ## Categories

    | name | before | asked | target | after | band | drift | cause | rows | tokens | supervised | effective | max repeats | copies | synthetic | abstained |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | technical | 100.0% | 100.0% | 100.0% | 100.0% | 25–30% | 0.00 |  | 900 → 300 | 63,600 | 44,100 | 300 | 1 | 0.0% | 0.0% | 0 |

    ## Personas

    | name | before | asked | target | after | band | drift | cause | rows | tokens | supervised | effective | max repeats | copies | synthetic | abstained |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | code_expert | 88.2% | 80.0% | 80.0% | 80.0% |  | 0.00 |  | 794 → 240 | 50,880 | 35,280 | 240 | 1 | 0.0% | 0.0% | 40 |
    | debugging_assistant | 11.8% | 20.0% | 20.0% | 20.0% |  | 0.00 |  | 106 → 60 | 12,720 | 8,820 | 60 | 1 | 0.0% | 0.0% | 0 |

    ## Traits

    | name | before | asked | target | after | band | drift | cause | rows | tokens | supervised | effective | max repeats | copies | synthetic | abstained |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | formal | 6.0% | 15.0% | 15.0% | 15.0% |  | 0.00 |  | 54 → 45 | 9,540 | 6,615 | 45 | 1 | 0.0% | 0.0% | 0 |
    | casual | 21.7% | 20.0% | 20.0% | 20.0% |  | 0.00 |  | 195 → 60 | 12,720 | 8,820 | 60 | 1 | 0.0% | 0.0% | 0 |

    ## Sources

    | name | before | asked | target | after | band | drift | cause | rows | tokens | supervised | effective | max repeats | copies | synthetic | abstained |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | code-lessons | 100.0% | – | – | 100.0% |  | – |  | 900 → 300 | 63,600 | 44,100 | 300 | 1 | 0.0% | 0.0% | 0 |

    ## Phases

    | name | before | asked | target | after | band | drift | cause | rows | tokens | supervised | effective | max repeats | copies | synthetic | abstained |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | foundation | 100.0% | – | – | 100.0% |  | – |  | 900 → 300 | 63,600 | 44,100 | 300 | 1 | 0.0% | 0.0% | 0 |
    | analytical | 0.0% | – | – | 0.0% |  | – |  | 0 → 0 | 0 | 0 | 0 | 0 | 0.0% | 0.0% | 0 |
    | empathic_creative | 0.0% | – | – | 0.0% |  | – |  | 0 → 0 | 0 | 0 | 0 | 0 | 0.0% | 0.0% | 0 |
    | mixed | 100.0% | – | – | 100.0% |  | – |  | 900 → 300 | 63,600 | 44,100 | 300 | 1 | 0.0% | 0.0% | 0 |

    ## Adapters

    | name | before | asked | target | after | band | drift | cause | rows | tokens | supervised | effective | max repeats | copies | synthetic | abstained |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | tech_expert | 100.0% | – | – | 100.0% |  | – |  | 900 → 300 | 63,600 | 44,100 | 300 | 1 | 0.0% | 0.0% | 0 |

    ## Curriculum

    | phase | train | validation | learning rate | epochs |
    | --- | ---: | ---: | ---: | ---: |
    | 1. foundation | 95 | 5 | 2e-5 | 1 |
    | 2. analytical | 95 | 5 | 1.5e-5 | 1 |
    | 3. empathic_creative | 95 | 5 | 1e-5 | 1 |
    | 4. mixed | 95 | 5 | 5e-6 | 2 |

    ## Order

    | split | worst prefix | mean batch of 64 | worst batch of 64 | persona switches |
    | --- | ---: | ---: | ---: | ---: |
    | foundation | 2.1% | 3.4% | 7.1% | 91.0% |
    | analytical | 2.6% | 3.7% | 8.1% | 86.0% |
    | empathic_creative | 3.1% | 4.1% | 9.1% | 81.0% |
    | mixed | 3.6% | 4.4% | 10.1% | 76.0% |

    ## Rows from the mix

    | split | axis | any prefix | bound | any batch of 64 | bound of a batch |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | foundation | persona | 0.8 | 1.0 | 1.2 | 2.0 |
    | foundation | category | 1.7 | 12.0 | 1.9 | 12.0 |
    | foundation | trait | 2.6 | 12.0 | 2.6 | 12.0 |
    | foundation | source | 3.5 | 12.0 | 3.3 | 12.0 |
    | analytical | persona | 0.8 | 1.0 | 1.2 | 2.0 |
    | analytical | category | 1.7 | 12.0 | 1.9 | 12.0 |
    | analytical | trait | 2.6 | 12.0 | 2.6 | 12.0 |
    | analytical | source | 3.5 | 12.0 | 3.3 | 12.0 |
    | empathic_creative | persona | 0.8 | 1.0 | 1.2 | 2.0 |
    | empathic_creative | category | 1.7 | 12.0 | 1.9 | 12.0 |
    | empathic_creative | trait | 2.6 | 12.0 | 2.6 | 12.0 |
    | empathic_creative | source | 3.5 | 12.0 | 3.3 | 12.0 |
    | mixed | persona | 0.8 | 1.0 | 1.2 | 2.0 |
    | mixed | category | 1.7 | 12.0 | 1.9 | 12.0 |
    | mixed | trait | 2.6 | 12.0 | 2.6 | 12.0 |
    | mixed | source | 3.5 | 12.0 | 3.3 | 12.0 |

    ## Quarantine

    | reason | rows | first |
    | --- | ---: | --- |
    | json-invalid | 97 | chats/2024-03.jsonl:1207, chats/2024-03.jsonl:1209 |
    | role-unknown | 21 | forum.csv:88 |

    ## Files left out

    | file | records | why |
    | --- | ---: | --- |
    | code-lessons: notes.json | 812 | no shape fits the columns id, blob, when (shape-unknown) |

    ## Shards

    | file | rows | size | sha256 |
    | --- | ---: | ---: | --- |
    | dataset/phases/1-foundation/train-00000-of-00002.parquet | 75 | 29.6 MiB | 00c400c400c400c4 |
    | dataset/phases/1-foundation/train-00001-of-00002.parquet | 76 | 29.6 MiB | 01c401c401c401c4 |
    | dataset/phases/2-analytical/train-00000-of-00002.parquet | 75 | 30.8 MiB | 10c410c410c410c4 |
    | dataset/phases/2-analytical/train-00001-of-00002.parquet | 76 | 30.8 MiB | 11c411c411c411c4 |
    | dataset/phases/3-empathic_creative/train-00000-of-00002.parquet | 75 | 32.0 MiB | 20c420c420c420c4 |
    | dataset/phases/3-empathic_creative/train-00001-of-00002.parquet | 76 | 32.0 MiB | 21c421c421c421c4 |
    | dataset/phases/4-mixed/train-00000-of-00002.parquet | 75 | 33.3 MiB | 30c430c430c430c4 |
    | dataset/phases/4-mixed/train-00001-of-00002.parquet | 76 | 33.3 MiB | 31c431c431c431c4 |

    ## Warnings

    - 3 personas had no adapter; their parents decided (persona-adapter-added)

    ## Speed (differs from run to run)

    | stage | time | rows/s | peak memory |
    | --- | ---: | ---: | ---: |
    | scan | 0.8 s | 0 | 124.9 MiB |
    | tag | 9.7 s | 93 | 765.8 MiB |
    | plan | 1.9 s | 474 | 581.7 MiB |
    | write | 6.2 s | 48 | 868.8 MiB |
    "
  `);
});

test('every table row has as many cells as its header, hostile names included', () => {
  const lines = renderMarkdown(sampleModel({ hostile: 'a|b\n|c`' })).split('\n');
  let columns = 0;
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('|')) continue;
    const cells = line.match(/(?<!\\)\|/g)?.length ?? 0;
    if (!lines[index - 1]?.startsWith('|')) columns = cells;
    expect(cells).toBe(columns);
  }
  expect(columns).toBeGreaterThan(3);
});

test.each([
  ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
  ['[x](https://example.org)', '\\[x\\](https\\://example.org)'],
  ['a|b `c` *d* _e_ code_expert', 'a\\|b \\`c\\` \\*d\\* \\_e\\_ code_expert'],
  ['1. first', '1\\. first'],
  ['\u001b[1mbold\u202E', '␛\\[1mbold⟨U+202E⟩'],
])('Markdown escapes %j', (text, expected) => {
  expect(escapeMarkdown(text)).toBe(expected);
});
