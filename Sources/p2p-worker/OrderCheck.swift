import EditJobs

extension Engine {
  /// Refuses an order that was not made for this model, these numerics or this compute type, or whose
  /// keys do not fit.
  func check(_ order: WorkOrder) throws {
    guard order.source.model == digest else {
      throw EditError(
        "model-mismatch", .data, "the order is for the model \(order.source.model)",
        details: ["this worker has \(digest)"])
    }
    let wanted = order.source.numerics
    if let own = numerics.kernels, let kernels = wanted.kernels, kernels != own {
      throw EditError(
        "native-unavailable", .unavailable,
        "the order is for the native numerics of \(kernels), this machine has \(own)",
        hint: "a machine that has these kernels, or enqueue again")
    }
    guard wanted == numerics else {
      throw EditError(
        "numerics-mismatch", .data,
        "the order wants \(wanted.text) numerics, this worker has \(numerics.text)")
    }
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
}
