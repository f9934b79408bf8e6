using System.Globalization;
using System.Text;

namespace OrleansRealtime.LoadTest.Reporting;

/// <summary>Draws a run as SVG: a panel for each summary, a bar for each peer; readable on light and on dark. Pure.</summary>
internal static class Plot
{
    private const int Columns = 2;
    private const int PanelWidth = 430;
    private const int RowHeight = 22;
    private const int LabelWidth = 140;
    private const int BarWidth = 210;
    private const int TitleHeight = 34;
    private const int Gap = 20;

    /// <summary>The picture of a run.</summary>
    public static string Draw(BenchResults run)
    {
        var peers = Summary.Peers.Where(peer => Summary.All.Any(summary => summary.Value(run, peer.Peer) is not null)).ToList();
        var summaries = Summary.Of(run);
        var panelHeight = TitleHeight + (peers.Count * RowHeight) + Gap;
        var rows = (summaries.Count + Columns - 1) / Columns;
        var (width, height) = ((Columns * PanelWidth) + Gap, (rows * panelHeight) + Gap);
        var svg = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" width="{{width}}" height="{{height}}" role="img">
            <title>What the servers use, under the same load on the same machine; less is better</title>
            <style>
              text { font: 13px system-ui, sans-serif; fill: #1f2328 }
              .title { font-weight: 600 }
              .value { font-variant-numeric: tabular-nums }
              .peer { fill: #8c959f }
              .ours { fill: #0969da }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 }
                .peer { fill: #6e7681 }
                .ours { fill: #4493f8 }
              }
            </style>

            """);
        foreach (var (index, summary) in summaries.Index())
        {
            var (x, y) = (Gap + (index % Columns * PanelWidth), Gap + (index / Columns * panelHeight));
            Panel(svg, run, summary, peers, x, y);
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static void Panel(
        StringBuilder svg, BenchResults run, Summary summary, IReadOnlyList<(string Peer, string Title)> peers, int x, int y)
    {
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="title" x="{x}" y="{y + 14}">{summary.Title}, {summary.Unit}</text>""");
        var largest = peers.Max(peer => summary.Value(run, peer.Peer) ?? 0);
        foreach (var (row, (peer, title)) in peers.Index())
        {
            var top = y + TitleHeight + (row * RowHeight) - 8;
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{x}" y="{top + 12}">{title}</text>""");
            if (summary.Value(run, peer) is { } value)
            {
                var length = largest > 0 ? Math.Max(1, Math.Max(0, value) / largest * BarWidth) : 1;
                var kind = peer == "ours" ? "ours" : "peer";
                svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect class="{kind}" x="{x + LabelWidth}" y="{top}" width="{length:0.0}" height="{RowHeight - 6}" rx="2"/>""")
                    .AppendLine(CultureInfo.InvariantCulture, $"""<text class="value" x="{x + LabelWidth + length + 6:0.0}" y="{top + 12}">{Numbers.Text(value)}</text>""");
            }
        }
    }
}
