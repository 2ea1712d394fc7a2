import EditJobs
import Files
import Layers
import PromptAlignment
import PromptToPrompt
import StableDiffusion
import Tensors

/// What a worker is told of its place when it starts.
struct EngineOptions: Sendable {
  var model: String
  /// What the model's digest must be; `nil` takes what it is.
  var digest: Digest?
  var threads: Int
  /// Bytes that weights and lanes may take; `nil` sets no limit.
  var memory: Int64?
  var digestCache: String?
  var numerics: Numerics.Mode
  /// What the weights are brought into their layout for.
  var compute: ComputeType
}

/// A loaded model, ready for orders.
struct Engine {
  let model: StableDiffusionModel
  /// Turns prompts into what the noise model is told of them.
  let prompts: PromptEncoder
  let digest: Digest
  let numerics: Numerics
  let compute: ComputeType
  /// What decides the bits: mode, revision and compute type; in native mode the CPU's kernels too.
  let fingerprint: String
  let cpu: String
  let memory: Int64?
  let heart: Heartbeat
  /// Sees whether the model's files stay what they were when it was loaded.
  let watch: ModelWatch
  private let device: any Device

  /// Checks the digest and loads; throws what is wrong with the model.
  ///
  /// - Parameter watcher: sees the model's operations in place of `heart`.
  init(
    _ options: EngineOptions, _ heart: Heartbeat, watcher: (any BackendWatcher)? = nil
  ) throws {
    heart.enter(.load)
    compute = options.compute
    (device, numerics) = try Devices.open(options)
    fingerprint = numerics.fingerprint(compute)
    cpu = "\(device.hardware); \(options.threads) threads"
    memory = options.memory
    self.heart = heart
    let location = try ModelLocation(options.model)
    var hashes = ModelDigest(cache: options.digestCache, beat: heart.beat)
    let backend = WatchedBackend(device, watcher ?? heart)
    let (stamped, loaded) = try StampedModel.reading(location, &hashes) { stamped in
      if let expected = options.digest, expected != stamped.digest {
        throw ModelWatch.changed(location, .data, digest: stamped.digest, expected: expected)
      }
      let model = try StableDiffusionModel(stamped.description, backend: backend)
      return (model: model, prompts: try PromptEncoder(model))
    }
    digest = stamped.digest
    (model, prompts) = loaded
    watch = ModelWatch(stamped, at: location, hashes)
    // What weights were brought into their layout with.
    device.trim()
  }

  /// The tokenizer that edits are said in.
  var tokenizer: CLIPTokenizer { prompts.tokenizers[0] }

  /// What the noise model is told of a prompt; throws `prompt-too-long`.
  func encode(_ prompt: String, name: String) throws -> TextStates {
    try prompts.encode(prompt, name: name)
  }

  /// How many lanes of a source fit into the memory that the worker may take, at least one.
  func lanes(_ setting: SourceSetting) throws -> Int {
    guard let memory else { return .max }
    let spec = setting.spec
    let estimate = try estimate(height: spec.height, width: spec.width)
    return LaneMemory(
      weights: Int64(device.weightBytes), lane: Int64(estimate.laneBytes),
      maps: Int64(setting.catalogue.mapBytes(spec.maps)), decoding: Int64(estimate.decodeBytes)
    ).lanes(within: memory)
  }

  /// What running the model takes here at one picture size, which is legal (`precondition`).
  func estimate(height: Int, width: Int) throws -> ModelEstimate {
    try model.description.estimate(height: height, width: width, on: device)
  }

  /// Gives memory that no tensor uses back to the system.
  func trim() { device.trim() }

  /// Has another thread do a job while the model goes on; see `Device.aside`.
  func aside(_ job: @escaping @Sendable () -> Void) { device.aside(job) }

  /// Returns when every such job is done.
  func finishAside() { device.finishAside() }
}
