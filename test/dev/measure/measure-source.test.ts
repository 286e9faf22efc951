import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureSource } from '../../../dev/measure/measure-source.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

describe('measureSource', () => {
  it('counts files, lines, functions, comments and files with one user', async () => {
    const folder = await temporaryFolder('ltd-measure');
    await mkdir(join(folder, 'deep'));
    const files = {
      'main.ts': "import { one } from './deep/one.js';\nimport type { Two } from './two.js';\none();\n",
      'deep/one.ts':
        "import type { Two } from '../two.js';\n/** Doc. */\nexport function one(): Two {\n  return 2;\n}\n",
      'two.ts': '// A number.\nexport type Two = 2;\n',
      'types.d.ts': 'export {};\n',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    assert.deepEqual(await measureSource(folder), {
      files: 3,
      lines: 10,
      fileLines: { p50: 3, p90: 5, max: 5 },
      functions: 1,
      functionLines: { p50: 3, p90: 3, max: 3 },
      commentShare: 0.2,
      singleUserFiles: [{ file: 'deep/one.ts', user: 'main.ts', lines: 5 }],
    });
  });
});
