import type { GoProgram } from './go-program.js';

/** Renders `k8s/`. */
export const kustomize: GoProgram = {
  name: 'kustomize',
  folder: 'kustomize',
  importPath: 'sigs.k8s.io/kustomize/kustomize/v5',
};

/** The version in `api-server/go.mod`: Kubernetes' own build writes it into its programs, a plain one does not. */
const version = { minor: '34', full: 'v1.34.4' } as const;

const versionVariables = {
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': version.minor,
  'k8s.io/component-base/version.gitVersion': version.full,
};

/** What a cluster's configuration is told to, and what checks it. */
export const kubeApiServer: GoProgram = {
  name: 'kube-apiserver',
  folder: 'api-server',
  importPath: 'k8s.io/kubernetes/cmd/kube-apiserver',
  variables: versionVariables,
};

/** The command line of Kubernetes, of the same version. */
export const kubectl: GoProgram = {
  name: 'kubectl',
  folder: 'api-server',
  importPath: 'k8s.io/kubernetes/cmd/kubectl',
  variables: versionVariables,
};
