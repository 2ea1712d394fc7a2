public import Layers
public import Safetensors
public import Tensors

/// The tensors of one component, by their present names, brought to a backend as they are asked for.
///
/// Tensors that nobody asks for are ignored.
public struct Checkpoint: Weights {
  private let files: [SafetensorsFile]
  private let naming: any TensorNaming
  private let backend: any Backend

  /// Reads tensors from `files`, whose names may differ as `spellings` says.
  public init(
    _ files: [SafetensorsFile], spellings: PublishedSpellings = .unet, on backend: any Backend
  ) {
    self.init(files, naming: spellings, on: backend)
  }

  /// Reads tensors from `files`, where they are named and laid out as `naming` says.
  public init(_ files: [SafetensorsFile], naming: any TensorNaming, on backend: any Backend) {
    (self.files, self.naming, self.backend) = (files, naming, backend)
  }

  /// Opens the files of a component; throws `SafetensorsError`, and `ModelError` where an index names
  /// tensors that are not there.
  public init(
    _ component: ComponentFiles, spellings: PublishedSpellings, on backend: any Backend
  ) throws {
    let files = try component.paths.map { try SafetensorsFile(path: $0) }
    for (tensor, path) in component.places.sorted(by: { $0.key < $1.key })
    where files.first(where: { $0.name == path })?.entries[tensor] == nil {
      throw ModelError(
        .damaged, file: path, key: tensor,
        what: "the index says that the tensor is in this file, and it is not",
        hint: "copy or download the model's files again")
    }
    self.init(files, spellings: spellings, on: backend)
  }

  /// The tensor at `path` in any of its spellings; throws `ModelError` where it is missing, misshapen
  /// or not of floating point.
  public func tensor(_ path: String, _ shape: [Int], _ role: WeightRole) throws -> Tensor {
    let sources = naming.sources(of: path)
    for source in sources {
      guard let file = files.first(where: { $0.entries[source.name] != nil }) else { continue }
      return try load(source, from: file, shape, role)
    }
    let others = sources.map(\.name).filter { $0 != path }
    throw ModelError(
      .damaged, file: files.first?.name ?? "", key: path,
      what: "the tensor is missing; \(shape) is expected"
        + (others.isEmpty ? "" : " (also looked for \(others.joined(separator: ", ")))"),
      hint: "check that the file is complete and belongs to this config")
  }

  private func load(
    _ source: TensorSource, from file: SafetensorsFile, _ shape: [Int], _ role: WeightRole
  ) throws -> Tensor {
    let name = source.name
    let entry = try file.entry(name)
    let stored = source.part.storedShape(of: shape)
    // A 1×1 convolution is a linear layer, and old conversions store one as the other.
    guard Self.squeezed(entry.shape) == Self.squeezed(stored) else {
      throw ModelError(
        .damaged, file: file.name, key: name,
        what: "the shape is \(entry.shape); \(stored) is expected",
        hint: "check that the weights belong to this config")
    }
    guard let type = entry.type else { throw Self.notRead(entry.typeName, name, file) }
    if type.eightBitNumbers != nil { try Self.refuseScales(of: name, in: file) }
    return try file.withBytes(name) { bytes in
      try source.part.withBytes(bytes, shape: shape, size: type.byteCount) { bytes in
        guard let tensor = place(bytes, type, shape, role) else {
          throw Self.notRead(entry.typeName, name, file)
        }
        return tensor
      }
    }
  }

  private static func notRead(
    _ type: String, _ name: String, _ file: SafetensorsFile
  ) -> ModelError {
    ModelError(
      .unsupported, file: file.name, key: name, what: "weights of type \(type) are not supported",
      hint: "use a copy of the model in F32, F16, BF16 or F8")
  }

  /// Refuses eight-bit weights that another tensor scales: without it their numbers mean nothing.
  private static func refuseScales(of name: String, in file: SafetensorsFile) throws {
    let stem = name.hasSuffix(".weight") ? String(name.dropLast("weight".count)) : "\(name)."
    let others = ["scale_weight", "weight_scale", "weight_scale_inv"].map { stem + $0 }
    guard let scale = (others + ["scaled_fp8"]).first(where: { file.entries[$0] != nil }) else {
      return
    }
    throw ModelError(
      .unsupported, file: file.name, key: name,
      what: "weights that are scaled by another tensor (\(scale)) are not supported",
      hint: "use a copy of the model in F32, F16 or BF16")
  }

  /// `nil` for types that are no weights.
  private func place(
    _ bytes: UnsafeRawBufferPointer, _ type: StoredType, _ shape: [Int], _ role: WeightRole
  ) -> Tensor? {
    switch type {
    case .float32: return place(bytes, shape, .f32, role)
    case .float16: return place(bytes, shape, .f16, role)
    case .bfloat16: return place(bytes, shape, .bf16, role)
    case .float64: return place(Self.narrowed(bytes), shape, role)
    default:
      guard let numbers = type.eightBitNumbers else { return nil }
      return place(bytes.map { numbers[Int($0)] }, shape, role)
    }
  }

  private func place(
    _ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ element: ElementType, _ role: WeightRole
  ) -> Tensor {
    guard let base = bytes.baseAddress, UInt(bitPattern: base) % UInt(element.byteCount) != 0 else {
      return backend.weight(bytes, shape: shape, element: element, role: role)
    }
    // The format does not align data; backends may read whole numbers.
    let aligned = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    defer { aligned.deallocate() }
    aligned.copyMemory(from: bytes)
    return backend.weight(
      UnsafeRawBufferPointer(aligned), shape: shape, element: element, role: role)
  }

  private func place(_ values: [Float], _ shape: [Int], _ role: WeightRole) -> Tensor {
    values.withUnsafeBytes { place($0, shape, .f32, role) }
  }

  private static func narrowed(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    (0..<bytes.count / 8).map {
      Float(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self))
    }
  }

  private static func squeezed(_ shape: [Int]) -> [Int] {
    var shape = shape
    while shape.count > 1, shape.last == 1 { shape.removeLast() }
    return shape
  }
}
