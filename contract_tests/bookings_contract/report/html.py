FILE="report.html"
def text(report, replays): return ""
