/// How a program ends, as `sysexits.h` numbers it.
public enum ExitStatus: Int32, Sendable, Codable {
  /// Done.
  case ok = 0
  /// Something that was waited for failed.
  case failed = 1
  /// The command line is wrong (EX_USAGE).
  case usage = 64
  /// The request or a file's content is wrong (EX_DATAERR).
  case data = 65
  /// A named thing does not exist (EX_NOINPUT).
  case missing = 66
  /// A service or network is not there (EX_UNAVAILABLE).
  case unavailable = 69
  /// A bug of ours (EX_SOFTWARE).
  case software = 70
  /// The system refused something it should give (EX_OSERR).
  case system = 71
  /// A file cannot be created (EX_CANTCREAT).
  case cannotCreate = 73
  /// Reading or writing failed, a full disk included (EX_IOERR).
  case io = 74
  /// Not now: try again (EX_TEMPFAIL).
  case temporary = 75
  /// Not allowed (EX_NOPERM).
  case notAllowed = 77
  /// The configuration or the schema does not fit (EX_CONFIG).
  case configuration = 78
}

/// What a person is told when something cannot be done: what happened, where, and what to do next.
public struct EditError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
  /// A stable name for programs, e.g. `word-not-found`.
  public var code: String
  /// How the program ends.
  public var status: ExitStatus
  /// What happened, with the offending value, in one sentence without a full stop.
  public var what: String
  /// Where, and what would have been legal; one line each.
  public var details: [String]
  /// What to do next.
  public var hint: String?

  /// Makes an error.
  public init(
    _ code: String, _ status: ExitStatus, _ what: String, details: [String] = [],
    hint: String? = nil
  ) {
    (self.code, self.status, self.what) = (code, status, what)
    (self.details, self.hint) = (details, hint)
  }

  /// The whole message: the sentence, the details indented, `try: …`.
  public var description: String {
    ([what] + details.map { "  \($0)" } + (hint.map { ["  try: \($0)"] } ?? []))
      .joined(separator: "\n")
  }
}
