import type { GoProgram } from './go-program.js';

/** Renders `k8s/`. */
export const kustomize: GoProgram = {
  name: 'kustomize',
  folder: 'kustomize',
  importPath: 'sigs.k8s.io/kustomize/kustomize/v5',
};

/** The version in `api-server/go.mod`. Kubernetes' own build sets it in its programs; a plain build does not. */
const version = { minor: '34', full: 'v1.34.4' } as const;

const versionVariables = {
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': version.minor,
  'k8s.io/component-base/version.gitVersion': version.full,
};

/** The API server, which validates and stores configuration. */
export const kubeApiServer: GoProgram = {
  name: 'kube-apiserver',
  folder: 'api-server',
  importPath: 'k8s.io/kubernetes/cmd/kube-apiserver',
  variables: versionVariables,
};

/** Kubernetes' command line, of the same version. */
export const kubectl: GoProgram = {
  name: 'kubectl',
  folder: 'api-server',
  importPath: 'k8s.io/kubernetes/cmd/kubectl',
  variables: versionVariables,
};
