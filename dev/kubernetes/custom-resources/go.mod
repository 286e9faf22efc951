// Whose custom resources the components in k8s/ use: their definitions lie in these modules.
module ltd-keeper/dev/kubernetes/custom-resources

go 1.24.0

require (
	github.com/kedacore/keda/v2 v2.21.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
