import EditJobs
import Files

extension Engine {
  /// Refuses an order that was not made for this model, these numerics or this compute type, or whose
  /// keys do not fit.
  func check(_ order: WorkOrder) throws {
    guard order.source.model == digest else {
      throw EditError(
        "model-mismatch", .data, "the order is for the model \(order.source.model)",
        details: ["this worker has \(digest)"])
    }
    try check(order.source.numerics)
    guard order.source.compute == compute else {
      throw EditError(
        "dtype-mismatch", .data,
        "the order is to be computed in \(order.source.compute.rawValue), this worker has its model "
          + "in \(compute.rawValue)", hint: "--dtype \(order.source.compute.rawValue)")
    }
    guard order.source.key == order.sourceKey else {
      throw EditError(
        "key-mismatch", .data,
        "the source of the order has the key \(order.source.key.short), "
          + "not \(order.sourceKey.short)")
    }
    for variant in order.variants where variant.edit.key(source: order.sourceKey) != variant.key {
      throw EditError(
        "key-mismatch", .data,
        "the edit \"\(variant.edit.prompt)\" does not have the key "
          + variant.key.short)
    }
    guard Set(order.units).count == order.units.count else {
      throw EditError("key-mismatch", .data, "the order names a unit twice")
    }
  }

  /// Refuses an order of other numerics: for good, but where native kernels have another name, which a
  /// worker elsewhere may have.
  private func check(_ asked: Numerics) throws {
    guard asked != numerics else { return }
    if asked.mode == .native, numerics.mode == .native, asked.revision == numerics.revision,
      let refusal = numerics.kernels.flatMap({
        NativeSupport.kernels($0).refusal(of: asked.kernels)
      })
    {
      throw refusal
    }
    throw EditError(
      "numerics-mismatch", .data,
      "the order wants \(asked.text) numerics, this worker has \(numerics.text)",
      hint: asked.mode == numerics.mode
        ? "what is finished can be looked at as it is; to make more of it, enqueue it again"
        : "--numerics \(asked.mode.rawValue)")
  }
}
