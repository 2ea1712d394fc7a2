public import Glibc

/// What the system says of a file beside its bytes: while the stamp of a path stays, so do the bytes
/// that are found there.
///
/// Links are followed, so that one that points elsewhere has another inode. The time of modification
/// can be set to anything, as archives and `cp -p` do; the time of change cannot.
public struct FileStamp: Sendable, Hashable, Codable {
  /// A time as a file system has it, since 1970.
  public struct Moment: Sendable, Hashable, Codable, Comparable {
    /// Whole seconds.
    public var seconds: Int
    /// The rest, below a second.
    public var nanoseconds: Int

    init(_ time: timespec) { (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec) }

    /// The clock that the kernel takes files' times from, which moves on some hundred times a second.
    static var now: Moment {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME_COARSE, &time)
      return Moment(time)
    }

    /// Orders by time.
    public static func < (left: Self, right: Self) -> Bool {
      (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
  }

  /// The device that it lies on.
  public var device: UInt
  /// Its number there.
  public var inode: UInt
  /// Whether it is a file, a folder or something else, as `st_mode` has it.
  public var kind: UInt32
  /// Bytes.
  public var size: Int
  /// When its bytes were last changed, or what somebody set.
  public var modified: Moment
  /// When its bytes, its mode or its links were last changed.
  public var changed: Moment

  /// The stamp of what `stat` or `fstat` found.
  public init(_ facts: stat) {
    (device, inode, kind) = (facts.st_dev, facts.st_ino, facts.st_mode & S_IFMT)
    (size, modified, changed) = (facts.st_size, Moment(facts.st_mtim), Moment(facts.st_ctim))
  }

  /// The stamp of what is at `path`; `nil` where nothing is found.
  public init?(path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    self.init(facts)
  }

  /// Whether a change from now on gets another time than the last one: the clock has moved on.
  ///
  /// A file system that knows whole seconds alone is given two of them.
  public var isSettled: Bool {
    let now = Moment.now
    guard changed.nanoseconds != 0 else { return changed.seconds + 2 < now.seconds }
    return changed < now
  }

  /// Whether it is settled in a moment: the last change is no further ahead than a clock's step.
  var settlesSoon: Bool { changed.seconds <= Moment.now.seconds + 1 }
}

/// A path, and what was found there.
public struct StampedFile: Sendable, Hashable, Codable {
  /// The path, absolute.
  public var path: String
  /// The stamp; `nil` where nothing was found.
  public var stamp: FileStamp?

  /// Looks at a path.
  public init(_ path: String) { (self.path, stamp) = (path, FileStamp(path: path)) }

  /// Whether the same is found there now.
  public var isCurrent: Bool { FileStamp(path: path) == stamp }

  /// Looks at paths when the last change of each is over, so that the next one shows.
  ///
  /// Waits milliseconds for a file that was changed just now, and three seconds at most. What was
  /// changed in the future, by a clock that was set back since, is not waited for.
  public static func settled(_ paths: [String]) -> [StampedFile] {
    let deadline = ContinuousClock.now + .seconds(3)
    while true {
      let files = paths.map(StampedFile.init)
      let isYoung = files.contains { file in
        file.stamp.map { !$0.isSettled && $0.settlesSoon } ?? false
      }
      guard isYoung, .now < deadline else { return files }
      usleep(2_000)
    }
  }

  /// Whether the next change of the file shows in its stamp.
  public var isSettled: Bool { stamp?.isSettled ?? true }
}
