import EditJobs
import JobStore

/// What a worker process has in memory: a model, its weights in the layout of one compute type.
struct LoadedModel: Hashable {
  var digest: Digest
  var compute: ComputeType

  init(_ order: ClaimedOrder) { (digest, compute) = (order.model.digest, order.source.compute) }
}
