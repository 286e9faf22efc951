import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canEnter, ownedFolder, type ServerUser, serverUser } from '../../dev/server-user.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';

const isRoot = process.getuid?.() === 0;

describe('the user that PostgreSQL runs as', () => {
  if (!isRoot)
    it('runs as the current user unless that is root', async () => {
      assert.equal(await serverUser(), undefined);
    });

  if (isRoot)
    describe('PostgreSQL started by root', () => {
      let user: ServerUser;

      before(async () => {
        const found = await serverUser();
        assert.ok(found);
        user = found;
      });

      it('runs PostgreSQL as another user', () => {
        assert.notEqual(user.uid, 0);
      });

      it('uses the folder itself when the other user can enter it', async () => {
        const folder = join(await temporaryFolder('ltd-keeper-user-test'), 'postgres');
        assert.equal(await ownedFolder(folder, user), folder);
        assert.equal((await stat(folder)).uid, user.uid);
      });

      it('uses another folder when that user cannot, and the same one again', async () => {
        const secret = join(await temporaryFolder('ltd-keeper-user-test'), 'only-root');
        await mkdir(secret);
        await chmod(secret, 0o700);
        const folder = join(secret, 'postgres');
        const owned = await ownedFolder(folder, user);
        assert.equal(canEnter(owned, user), true);
        assert.equal((await lstat(folder)).isSymbolicLink(), true);
        assert.equal(await realpath(folder), owned);
        assert.equal(await ownedFolder(folder, user), owned);
        await rm(owned, { recursive: true });
        const next = await ownedFolder(folder, user);
        assert.notEqual(next, owned);
        assert.equal(canEnter(next, user), true);
        await rm(next, { recursive: true });
      });
    });
});
