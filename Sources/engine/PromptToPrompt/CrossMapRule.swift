import EditJobs
import Tensors

/// What one step does to a variant's cross-attention maps, the same at every site.
enum CrossMapRule: Equatable {
  /// Nothing: the variant's own map is used.
  case own
  /// The source's map, as it is.
  case source
  /// Column by column; `needsOwn` where one of them takes the variant's own.
  case columns([MapColumn], injected: Int, needsOwn: Bool)

  /// The rule of an edit in a step (Hertz et al. 2022, §3.2; one gate, one factor per token).
  ///
  /// Where a token's gate is open its column comes from the source as the mapper says, else it is the
  /// variant's own; a weight inside its window multiplies the finished column. Gates select columns,
  /// they are not arithmetic: what is not touched keeps its bits.
  init(_ edit: ResolvedEdit, step: Int) {
    var columns: [MapColumn] = []
    for token in 0..<edit.textLength {
      let open = edit.isOpen(token: token, step: step)
      columns.append(MapColumn(shares: open ? edit.mapper.shares(of: token) : nil, factor: 1))
    }
    for weight in edit.weights where weight.window.contains(step) {
      columns[weight.token].factor = Float(weight.value)
    }
    self.init(columns)
  }

  private init(_ columns: [MapColumn]) {
    let injected = columns.count { $0.shares != nil }
    if injected == 0, columns.allSatisfy({ $0.factor == 1 }) {
      self = .own
    } else if columns.enumerated().allSatisfy({ $1.isCopy(of: $0) }) {
      self = .source
    } else {
      self = .columns(columns, injected: injected, needsOwn: injected < columns.count)
    }
  }

  /// Columns that come from the source, of `tokens`.
  func injected(tokens: Int) -> Int {
    switch self {
    case .own: 0
    case .source: tokens
    case .columns(_, let injected, _): injected
    }
  }
}

extension MapColumn {
  /// Whether the column is the source's column of the same token, untouched.
  fileprivate func isCopy(of token: Int) -> Bool {
    factor == 1 && shares == [Share(token: token, share: 1)]
  }
}

extension TokenMapper {
  /// The source's columns that make up a token's column; `nil` for the variant's own.
  fileprivate func shares(of token: Int) -> [MapColumn.Share]? {
    switch self {
    case .replace(let columns):
      columns[token].map { MapColumn.Share(token: $0.token, share: Float($0.share)) }
    case .refine(let sources):
      sources[token].map { [MapColumn.Share(token: $0, share: 1)] }
    case .identity: [MapColumn.Share(token: token, share: 1)]
    }
  }
}
