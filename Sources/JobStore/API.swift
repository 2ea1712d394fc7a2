public import EditJobs

// The verbs; their bodies follow one file each.
extension JobStore {
  // MARK: +Progress
  /// An attempt begins: at `step` complete steps (0: from the start). `false` where it is stale.
  @discardableResult
  public func begun(_ key: Key, token: Int64, step: Int, now: Int64) throws(EditError) -> Bool {
    throw pending()
  }
  /// Writes the steps of running units down, in one transaction; stale ones are passed over.
  public func progress(_ units: [UnitProgress], now: Int64) throws(EditError) { throw pending() }

  // MARK: +Finish
  /// A running unit's manifest is written; a source's blocked variants become ready.
  ///
  /// `false` where the token is stale; then nothing changed.
  @discardableResult
  public func finish(_ key: Key, token: Int64, manifest: Digest, now: Int64) throws(EditError)
    -> Bool
  { throw pending() }

  // MARK: +Fail
  /// An attempt ended without a result; returns the state that follows, `nil` where stale.
  ///
  /// A crash of an order of several units without a gained step makes each run alone next time and
  /// does not count; three counted failures at one step end in `failed` as `poisoned`. A source that
  /// fails takes its waiting variants with it.
  @discardableResult
  public func fail(_ key: Key, token: Int64, _ failure: Failure, now: Int64) throws(EditError)
    -> UnitState?
  { throw pending() }
  /// Gives up everything that waits for a model that does not start; returns the units.
  @discardableResult
  public func failModel(_ model: Digest, code: String, message: String, now: Int64)
    throws(EditError) -> [Key]
  { throw pending() }

  // MARK: +Park, +Release, +Settle
  /// A running unit was left at a step edge. `false` where the token is stale.
  @discardableResult
  public func park(_ key: Key, token: Int64, step: Int, now: Int64) throws(EditError) -> Bool {
    throw pending()
  }
  /// Gives running units back to the line without an attempt counted (an order that never began).
  public func giveBack(_ keys: [Key], token: Int64, now: Int64) throws(EditError) {
    throw pending()
  }
  /// Parked units become ready again; returns how many.
  @discardableResult
  public func release(now: Int64) throws(EditError) -> Int { throw pending() }
  /// Scheduled units whose time has come become ready; returns how many.
  @discardableResult
  public func releaseDue(now: Int64) throws(EditError) -> Int { throw pending() }
  /// At a daemon's start: every running unit goes back to the line, no attempt counted, and running
  /// and parked units get their steps from `step`, which reads their files. Returns the units that
  /// were running.
  @discardableResult
  public func settle(now: Int64, step: (UnitKind, Key) -> Int) throws(EditError) -> [Key] {
    throw pending()
  }

  // MARK: +Cancel, +Retry, +Damaged
  /// Cancels cells; a variant only when no open cell wants it, a source only when no open variant
  /// does.
  public func cancel(_ target: Target, now: Int64) throws(EditError) -> Cancelled {
    throw pending()
  }
  /// Wants failed and cancelled cells again, from where their trajectories stand; returns the units.
  ///
  /// Of `all`, failed ones only.
  public func retry(_ target: Target, now: Int64) throws(EditError) -> [Key] { throw pending() }
  /// A done unit's files no longer verify: it runs again if somebody wants it, from `step`; a
  /// source's waiting variants wait for it. `false` where nobody does or it is not done.
  @discardableResult
  public func damaged(_ key: Key, step: Int, now: Int64) throws(EditError) -> Bool {
    throw pending()
  }

  // MARK: +Control
  /// Nothing is claimed from now on.
  public func pause(reason: String?, now: Int64) throws(EditError) { throw pending() }
  /// Claims go on.
  public func resume(now: Int64) throws(EditError) { throw pending() }
  /// Writes down what the daemon says of itself; `nil` when it ends.
  public func setDaemon(_ note: DaemonNote?) throws(EditError) { throw pending() }

  // MARK: +Status
  /// The queue as a whole.
  public func overview() throws(EditError) -> QueueOverview { throw pending() }
  /// Sweeps, newest first.
  public func sweeps(limit: Int = 1000) throws(EditError) -> [SweepSummary] { throw pending() }
  /// One sweep.
  /// - Throws: `no-such-sweep` (66).
  public func sweep(_ id: Int64) throws(EditError) -> SweepDetail { throw pending() }
  /// How far what was named is; a unit counts as one cell.
  public func standing(_ target: Target) throws(EditError) -> Standing { throw pending() }
  /// The cells that were named, in grid order; of a unit, every cell that points at it or at a
  /// variant of it.
  public func cells(_ target: Target) throws(EditError) -> [CellRow] { throw pending() }
  /// A unit by its key; `nil` where the table has none.
  public func unit(_ key: Key) throws(EditError) -> UnitRow? { throw pending() }
  /// Units of a state and the sweeps' sources among them, oldest first.
  public func units(in state: UnitState) throws(EditError) -> [UnitRow] { throw pending() }
  /// What a source is; `nil` where the table has none.
  public func sourceSpec(_ key: Key) throws(EditError) -> SourceSpec? { throw pending() }
  /// What a variant's edit means; `nil` where the table has none.
  public func edit(_ key: Key) throws(EditError) -> ResolvedEdit? { throw pending() }
  /// The model of a unit.
  public func model(of key: Key) throws(EditError) -> StoredModel? { throw pending() }
  /// Seconds a guided step took lately on this machine; `nil` where nothing was measured.
  public func secondsPerStep(model: Digest) throws(EditError) -> Double? { throw pending() }
  /// What a person named: `17`, a name (its newest sweep), `17:r2c3`, `17:tau=0.5,w:crown=2`,
  /// `v-9c41`, `s-1f3a`, `@last`, `all`.
  ///
  /// - Throws: `no-such-target` (66) and `ambiguous-target` (65), which lists what it could be.
  public func resolve(_ text: String) throws(EditError) -> Target { throw pending() }

  // MARK: +Results
  /// Everything a table of results shows and the job table knows, in grid order.
  public func results(_ target: Target) throws(EditError) -> [ResultRow] { throw pending() }

  // MARK: +Maps
  /// Writes down what a source's maps take on disk; 0 forgets them.
  public func setMaps(_ source: Key, bytes: Int64, now: Int64) throws(EditError) { throw pending() }
  /// Maps on disk in the order in which they should go: those without open variants first, least
  /// recently used first.
  public func maps() throws(EditError) -> [MapsRow] { throw pending() }
  /// A source's maps were evicted: forgets them and writes the event.
  public func evictedMaps(_ source: Key, now: Int64) throws(EditError) { throw pending() }

  // MARK: +Events
  /// Writes a line to the log.
  public func log(
    _ kind: String, unit: Key? = nil, step: Int? = nil, detail: String? = nil, now: Int64
  )
    throws(EditError)
  { throw pending() }
  /// The log after an event, oldest first.
  public func events(after id: Int64 = 0, limit: Int = 1000) throws(EditError) -> [EventRow] {
    throw pending()
  }
  /// The number of the newest event.
  public func lastEvent() throws(EditError) -> Int64 { throw pending() }

  // MARK: +Inspections
  /// Facts of a model folder, if the folder's files are still those of the stamps.
  public func inspection(folder: String, size: String, stamps: String) throws(EditError)
    -> ModelFacts?
  { throw pending() }
  /// Remembers facts of a model folder.
  public func setInspection(
    folder: String, size: String, stamps: String, _ facts: ModelFacts, now: Int64
  )
    throws(EditError)
  { throw pending() }

  private func pending() -> EditError { EditError("not-yet", .software, "not written yet") }
}
