import type { Knex } from 'knex';
import * as initial from './0001-initial.js';
import * as dashboardDigest from './0002-dashboard-digest.js';
import * as eventsAndDomains from './0003-events-and-domains.js';
import * as purge from './0004-purge.js';
import * as manifests from './0005-manifests.js';
import * as copyKnowledge from './0006-copy-knowledge.js';
import * as requestIds from './0010-request-ids.js';
import * as bucketMarks from './0012-bucket-marks.js';
import * as editionRefs from './0013-edition-refs.js';
import * as owedPurges from './0014-owed-purges.js';
import * as taskNotices from './0015-task-notices.js';
import * as reconcileCursors from './0016-reconcile-cursors.js';
import * as dropPassCounter from './0021-drop-pass-counter.js';

/** Every migration in order. Named here, not found by reading a folder, so that a bundle or an image cannot lose one. */
export const migrations: readonly { readonly name: string; readonly migration: Knex.Migration }[] = [
  { name: '0001-initial', migration: initial },
  { name: '0002-dashboard-digest', migration: dashboardDigest },
  { name: '0003-events-and-domains', migration: eventsAndDomains },
  { name: '0004-purge', migration: purge },
  { name: '0005-manifests', migration: manifests },
  { name: '0006-copy-knowledge', migration: copyKnowledge },
  { name: '0010-request-ids', migration: requestIds },
  { name: '0012-bucket-marks', migration: bucketMarks },
  { name: '0013-edition-refs', migration: editionRefs },
  { name: '0014-owed-purges', migration: owedPurges },
  { name: '0015-task-notices', migration: taskNotices },
  { name: '0016-reconcile-cursors', migration: reconcileCursors },
  { name: '0021-drop-pass-counter', migration: dropPassCounter },
];
