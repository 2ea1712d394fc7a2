import EditJobs
public import Files
public import Foundation

/// The settings of an installation: what is typed, else the environment, else a file, else a default.
///
/// The files are `$XDG_CONFIG_HOME/p2p/config.yaml` (`~/.config` where that is unset), then
/// `/etc/p2p/config.yaml`; a file that is named replaces both.
public struct Configuration: Sendable {
  /// A setting.
  public enum Setting: String, CaseIterable, Sendable {
    /// The state folder.
    case state
    /// The results folder.
    case results
    /// The model where a request names none.
    case model
    /// Folders in which models are found by name, separated by `:`.
    case models
    /// Worker processes.
    case workers
    /// Threads of each worker, or `auto`.
    case threads
    /// Memory of all workers together, as `8GiB` or `60%`.
    case memory
    /// Disk for sources' attention maps.
    case mapsQuota = "maps.quota"
    /// The largest number of cells of a sweep.
    case maxCells = "max_cells"
    /// Whose kernels compute where a request does not say: `portable` or `native`.
    case numerics

    /// The variable that sets it.
    public var variable: String {
      "P2P_" + rawValue.uppercased().replacing(".", with: "_")
    }

    /// Whether programs that read `config show` get a number, where it is one.
    public var isNumber: Bool {
      switch self {
      case .workers, .threads, .maxCells: true
      case .state, .results, .model, .models, .memory, .mapsQuota, .numerics: false
      }
    }

    /// What holds where nobody says anything; `nil` where that depends on the machine.
    public var standard: String? {
      switch self {
      case .state, .results, .model: nil
      case .models: "/usr/share/p2p/models:/srv/models"
      case .workers: "1"
      case .threads: "auto"
      case .memory: "60%"
      case .mapsQuota: "20GiB"
      case .maxCells: "10000"
      case .numerics: Numerics.Mode.portable.rawValue
      }
    }
  }

  /// A setting's text and who said it.
  public struct Value: Sendable, Hashable {
    /// As written.
    public var text: String
    /// `--workers`, `P2P_WORKERS`, `/etc/p2p/config.yaml:2:10` or `default`.
    public var origin: String

    /// Makes a value.
    public init(text: String, origin: String) { (self.text, self.origin) = (text, origin) }
  }

  private let environment: [String: String]
  private let files: [ConfigurationFile]

  /// Reads the files that are there.
  ///
  /// - Parameter file: replaces the files of user and system.
  /// - Throws: `configuration` (78) with file, line and column; `configuration-missing` (66) where
  ///   the named file cannot be read.
  public init(
    file: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(EditError) {
    self.environment = environment
    if let file {
      guard let only = try ConfigurationFile(path: file) else {
        throw EditError("configuration-missing", .missing, "\(file) cannot be read")
      }
      files = [only]
    } else {
      var found: [ConfigurationFile] = []
      for path in Self.paths(environment) {
        if let file = try ConfigurationFile(path: path) { found.append(file) }
      }
      files = found
    }
  }

  private static func paths(_ environment: [String: String]) -> [String] {
    var paths: [String] = []
    if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
      paths.append(base + "/p2p/config.yaml")
    } else if let home = environment["HOME"], !home.isEmpty {
      paths.append(home + "/.config/p2p/config.yaml")
    }
    return paths + ["/etc/p2p/config.yaml"]
  }

  /// What holds for a setting; `nil` where nobody says anything and there is no default.
  ///
  /// - Parameter option: what was typed, with the option's name.
  public func value(_ setting: Setting, option: (name: String, text: String?)? = nil) -> Value? {
    if let option, let text = option.text { return Value(text: text, origin: option.name) }
    if let text = environment[setting.variable], !text.isEmpty {
      return Value(text: text, origin: setting.variable)
    }
    for file in files {
      if let value = file.values[setting] { return value }
    }
    return setting.standard.map { Value(text: $0, origin: "default") }
  }
}
