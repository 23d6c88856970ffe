import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { floatValue, graphField, modelField, node } from '../../src/onnx/onnx-proto.ts';
import { bytesField, readFields } from '../../src/onnx/protobuf.ts';

const tinyBert = join(import.meta.dirname, '..', 'taggers', 'fixtures', 'tiny-bert');

/** The random classifier of the fixtures with its 16 inner numbers as an output `embedding`. */
export async function tinyEncoderModel(): Promise<Uint8Array> {
  return extendedModel({
    nodes: [node('Identity', ['first_token'], 'embedding')],
    initializers: [],
    output: floatValue('embedding', ['rows', 16]),
  });
}

/** The random classifier of the fixtures with more nodes and another output; `first_token` has 16 numbers a row. */
export async function extendedModel(more: {
  readonly nodes: readonly Uint8Array[];
  readonly initializers: readonly Uint8Array[];
  readonly output: Uint8Array;
}): Promise<Uint8Array> {
  const fields = readFields(await readFile(join(tinyBert, 'model.onnx')));
  return Buffer.concat(
    fields.map((field) =>
      field.number === modelField.graph && field.bytes
        ? bytesField(
            modelField.graph,
            Buffer.concat([
              field.bytes,
              ...more.nodes.map((part) => bytesField(graphField.node, part)),
              ...more.initializers.map((part) => bytesField(graphField.initializer, part)),
              bytesField(graphField.output, more.output),
            ]),
          )
        : field.raw,
    ),
  );
}

/** Writes a tagger folder that `train --encoder` can build on. */
export async function writeTinyEncoder(folder: string): Promise<void> {
  await cp(tinyBert, folder, { recursive: true });
  const model = await tinyEncoderModel();
  await writeFile(join(folder, 'model.onnx'), model);
  const path = join(folder, 'tagger.json');
  const json = JSON.parse(await readFile(path, 'utf8'));
  json.id = 'tiny-encoder-v1';
  json.files['model.onnx'] = createHash('sha256').update(model).digest('hex');
  await writeFile(path, JSON.stringify(json));
}
