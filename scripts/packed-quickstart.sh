#!/usr/bin/env bash
# Installs a packed tarball into an empty folder and runs the shipped quick start there: packed-quickstart.sh TARBALL FOLDER
set -euo pipefail
tarball=$(realpath "$1")
mkdir -p "$2"
cd "$2"
printf '{"name":"empty","private":true}\n' > package.json
printf 'onnxruntime-node-install=skip\n' > .npmrc
# Nothing may need an install script on a CPU.
npm install --ignore-scripts --no-audit --no-fund --silent "$tarball"
npx tag-datasets --config configs/quickstart.yaml --json > result.json
node -e '
  const { readFileSync, existsSync } = require("node:fs");
  const result = JSON.parse(readFileSync("result.json", "utf8"));
  const manifest = JSON.parse(readFileSync(result.dataset + "/manifest.json", "utf8"));
  const files = manifest.files ?? [];
  if (!(result.rows > 0) || files.length === 0 || !files.every((file) => existsSync(result.dataset + "/" + file.path))) {
    throw new Error("the quick start of the packed package left no complete dataset");
  }
  console.log(`packed quick start: ${result.rows} rows in, ${files.length} shards, ${result.seconds} s`);
'
