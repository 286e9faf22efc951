import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildTree, type ImageTree } from '../../../dev/image/build-tree.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

const lastStage = ['USER 1:2', 'ENTRYPOINT ["run"]', 'CMD ["it"]'];

describe('buildTree', () => {
  let folder: string;
  let context: string;
  let builds = 0;

  before(async () => {
    folder = await temporaryFolder('build-tree');
    context = join(folder, 'context');
    await mkdir(join(context, 'src'), { recursive: true });
    await writeFile(join(context, 'src', 'a.txt'), 'a');
    await writeFile(join(context, 'secret.env'), 'KEY=1');
    await writeFile(join(context, '.dockerignore'), '# ours\n*\n!src\n');
  });

  async function build(...lines: readonly string[]): Promise<ImageTree> {
    await writeFile(join(context, 'Dockerfile'), lines.join('\n'));
    builds += 1;
    return buildTree({ context, folder: join(folder, `build-${builds}`), env: { GREETING: 'hello' } });
  }

  it('runs and copies as the Dockerfile says, but leaves the commands of the last stage', async () => {
    const tree = await build(
      'FROM debian AS build',
      'WORKDIR /work',
      'COPY src/ here/',
      'ENV WHOM=world',
      'RUN echo "$GREETING $WHOM" > here/b.txt',
      'FROM debian',
      'RUN apt-get install something',
      'WORKDIR /app',
      'COPY --from=build /work/here/b.txt files/',
      'COPY src/a.txt /etc/renamed.txt',
      'ENV MODE=production',
      ...lastStage,
    );
    assert.equal(await readFile(join(tree.root, 'app/files/b.txt'), 'utf8'), 'hello world\n');
    assert.equal(await readFile(join(tree.root, 'etc/renamed.txt'), 'utf8'), 'a');
    assert.deepEqual(tree.left, ['apt-get install something']);
    assert.deepEqual(tree.entrypoint.concat(tree.command), ['run', 'it']);
    assert.deepEqual(tree.environment, { MODE: 'production' });
    assert.deepEqual(tree.user, { uid: 1, gid: 2 });
  });

  it('does not see what .dockerignore leaves out', async () => {
    const built = build('FROM debian', 'WORKDIR /app', 'COPY secret.env ./', ...lastStage);
    await assert.rejects(built, /COPY secret\.env: \.dockerignore leaves it out/);
  });

  it('fails with what a command said', async () => {
    const built = build('FROM debian AS build', 'RUN echo no such luck; exit 3', 'FROM debian', ...lastStage);
    await assert.rejects(built, /ended with 3:\nno such luck/);
  });

  it('refuses a stage that is not there', async () => {
    const built = build('FROM debian', 'COPY --from=other /a b', ...lastStage);
    await assert.rejects(built, /COPY --from=other: there is no such stage before/);
  });

  it('demands to be told how the image starts', async () => {
    await assert.rejects(build('FROM debian', 'USER 1:2'), /needs one ENTRYPOINT/);
  });
});
