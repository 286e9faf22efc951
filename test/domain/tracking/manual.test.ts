import { itDecides } from './tracking-cases.js';

describe('tracking mode manual', () => {
  itDecides('manual', false, [
    { why: 'the first build', candidate: [1, 'main'], trackedRefs: ['main'] },
    { why: 'a tag', candidate: [2, 'v1.0'], declared: [1, 'main'] },
    { why: 'the declared build when it is completed again', candidate: [1, 'main'], declared: [1, 'main'] },
  ]);
});
