/// On the line an event is one flat object: `event` names it, the other members depend on it.
extension WorkerEvent: Codable {
  /// How events are named on the line.
  fileprivate enum Name: String, Codable {
    case ready, begun, step, alive, done, dropped, failed, idle
  }

  fileprivate enum Member: String, CodingKey {
    case event, token, unit, pass, of, step, evaluations, ms, phase, manifest
    case code, message, transient, `protocol`, digest, fingerprint, cpu
    case nativeKernels = "native_kernels"
  }

  fileprivate typealias Reading = KeyedDecodingContainer<Member>
  fileprivate typealias Writing = KeyedEncodingContainer<Member>

  /// Reads an event; one of another name, or without its members, is an error.
  public init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: Member.self)
    func unit(_ event: UnitReport) throws -> Self {
      .unit(
        try line.decode(Key.self, forKey: .unit),
        token: try line.decode(Int64.self, forKey: .token), event)
    }
    switch try line.decode(Name.self, forKey: .event) {
    case .ready: self = .ready(try Ready(line))
    case .alive: self = .alive(try SignOfLife(line))
    case .begun:
      self = try unit(
        .begun(try UnitReport.Place(line), of: try line.decode(Int.self, forKey: .of)))
    case .step: self = try unit(.step(try UnitReport.Record(line)))
    case .done: self = try unit(.done(manifest: try line.decode(Digest.self, forKey: .manifest)))
    case .dropped: self = try unit(.dropped(try UnitReport.Place.whereSaid(line)))
    case .failed:
      let refusal = try Refusal(line)
      self =
        line.contains(.unit)
        ? try unit(.failed(refusal, try UnitReport.Place.whereSaid(line)))
        : .refused(refusal, token: try line.decodeIfPresent(Int64.self, forKey: .token))
    case .idle: self = .idle(token: try line.decode(Int64.self, forKey: .token))
    }
  }

  fileprivate var name: Name {
    switch self {
    case .ready: .ready
    case .alive: .alive
    case .unit(_, _, .begun): .begun
    case .unit(_, _, .step): .step
    case .unit(_, _, .done): .done
    case .unit(_, _, .dropped): .dropped
    case .unit(_, _, .failed), .refused: .failed
    case .idle: .idle
    }
  }

  /// How the event is called on the line.
  public var word: String { name.rawValue }

  /// Writes the event's members; what is `nil` is left out.
  public func encode(to encoder: any Encoder) throws {
    var line = encoder.container(keyedBy: Member.self)
    try line.encode(name, forKey: .event)
    try line.encodeIfPresent(token, forKey: .token)
    switch self {
    case .ready(let ready): try ready.write(&line)
    case .alive(let sign):
      try line.encode(sign.phase, forKey: .phase)
      try line.encodeIfPresent(sign.unit, forKey: .unit)
    case .unit(let key, _, let event):
      try line.encode(key, forKey: .unit)
      try Self.write(event, &line)
    case .refused(let refusal, _): try refusal.write(&line)
    case .idle: break
    }
  }

  private static func write(_ event: UnitReport, _ line: inout Writing) throws {
    switch event {
    case .begun(let place, let passes):
      try place.write(&line)
      try line.encode(passes, forKey: .of)
    case .step(let record): try record.write(&line)
    case .done(let manifest): try line.encode(manifest, forKey: .manifest)
    case .dropped(let place): try place?.write(&line)
    case .failed(let refusal, let place):
      try refusal.write(&line)
      try place?.write(&line)
    }
  }
}

extension WorkerEvent.Ready {
  fileprivate init(_ line: WorkerEvent.Reading) throws {
    `protocol` = try line.decodeIfPresent(Int.self, forKey: .protocol) ?? 0
    digest = try line.decodeIfPresent(Digest.self, forKey: .digest)
    fingerprint = try line.decodeIfPresent(String.self, forKey: .fingerprint)
    cpu = try line.decodeIfPresent(String.self, forKey: .cpu)
    nativeKernels = try line.decodeIfPresent(String.self, forKey: .nativeKernels)
  }

  fileprivate func write(_ line: inout WorkerEvent.Writing) throws {
    try line.encode(`protocol`, forKey: .protocol)
    try line.encodeIfPresent(digest, forKey: .digest)
    try line.encodeIfPresent(fingerprint, forKey: .fingerprint)
    try line.encodeIfPresent(cpu, forKey: .cpu)
    try line.encodeIfPresent(nativeKernels, forKey: .nativeKernels)
  }
}

extension WorkerEvent.SignOfLife {
  fileprivate init(_ line: WorkerEvent.Reading) throws {
    phase = try line.decode(WorkerPhase.self, forKey: .phase)
    token = try line.decodeIfPresent(Int64.self, forKey: .token)
    unit = try line.decodeIfPresent(Key.self, forKey: .unit)
  }
}

extension WorkerEvent.Refusal {
  fileprivate init(_ line: WorkerEvent.Reading) throws {
    code = try line.decode(String.self, forKey: .code)
    message = try line.decode(String.self, forKey: .message)
    isTransient = try line.decode(Bool.self, forKey: .transient)
  }

  fileprivate func write(_ line: inout WorkerEvent.Writing) throws {
    try line.encode(code, forKey: .code)
    try line.encode(message, forKey: .message)
    try line.encode(isTransient, forKey: .transient)
  }
}

extension UnitReport.Place {
  fileprivate init(_ line: WorkerEvent.Reading) throws {
    pass = try line.decode(Int.self, forKey: .pass)
    step = try line.decodeIfPresent(Int.self, forKey: .step)
  }

  fileprivate static func whereSaid(_ line: WorkerEvent.Reading) throws -> Self? {
    line.contains(.pass) ? try Self(line) : nil
  }

  fileprivate func write(_ line: inout WorkerEvent.Writing) throws {
    try line.encode(pass, forKey: .pass)
    try line.encodeIfPresent(step, forKey: .step)
  }
}

extension UnitReport.Record {
  fileprivate init(_ line: WorkerEvent.Reading) throws {
    place = try UnitReport.Place(line)
    of = try line.decode(Int.self, forKey: .of)
    evaluations = try line.decode(Int.self, forKey: .evaluations)
    ms = try line.decode(Double.self, forKey: .ms)
  }

  fileprivate func write(_ line: inout WorkerEvent.Writing) throws {
    try place.write(&line)
    try line.encode(of, forKey: .of)
    try line.encode(evaluations, forKey: .evaluations)
    try line.encode(ms, forKey: .ms)
  }
}
