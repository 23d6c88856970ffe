import { loadZstd } from '../../src/lib/zstd.ts';
import { hyparquetWriter } from '../../src/shard/writers/hyparquet.ts';
import { parquetjsLiteWriter } from '../../src/shard/writers/parquetjs-lite.ts';
import { testWriter } from '../contract/writer.contract.ts';

testWriter('hyparquet', async (format, sink) =>
  hyparquetWriter({ format, sink, zstd: await loadZstd(), zstdLevel: 1 }),
);
testWriter('parquetjs-lite', (format, sink) => Promise.resolve(parquetjsLiteWriter({ format, sink })));
