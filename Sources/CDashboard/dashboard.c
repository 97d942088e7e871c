#include "CDashboard.h"

// One line here and one below for each file of the dashboard: styles in the order in which they count, then scripts.
static const char *const names[] = {
    "style.css",
    "charts.css",
    "costs.css",
    "overview.css",
    "requests.css",
    "app.js",
    "mark.svg",
    "charts/area.js",
    "charts/axes.js",
    "charts/bar.js",
    "charts/charts.js",
    "charts/colors.js",
    "charts/geometry.js",
    "charts/head.js",
    "charts/heat-map.js",
    "charts/hub.js",
    "charts/keyboard.js",
    "charts/legend.js",
    "charts/line.js",
    "charts/paths.js",
    "charts/pointer.js",
    "charts/scale.js",
    "charts/sparkline.js",
    "charts/time-axis.js",
    "charts/time-chart.js",
    "charts/tooltip.js",
    "core/address.js",
    "core/api.js",
    "core/dom.js",
    "core/format.js",
    "core/loading.js",
    "core/pages.js",
    "core/range.js",
    "pages/audit.js",
    "pages/costs.js",
    "pages/keys.js",
    "pages/overview.js",
    "pages/providers.js",
    "pages/requests.js",
    "pages/sessions.js",
    "pages/system.js",
    "pages/trace.js",
    "pages/traces.js",
    "pages/users.js",
    "parts/ask.js",
    "parts/attributed.js",
    "parts/conversation-parts.js",
    "parts/conversation-read.js",
    "parts/conversation.js",
    "parts/copy.js",
    "parts/cost-budgets.js",
    "parts/cost-changes.js",
    "parts/cost-choice.js",
    "parts/cost-csv.js",
    "parts/cost-explorer.js",
    "parts/cost-forecast.js",
    "parts/cost-table.js",
    "parts/diff.js",
    "parts/facets.js",
    "parts/filter-line.js",
    "parts/filter-terms.js",
    "parts/first-request.js",
    "parts/keyboard.js",
    "parts/long-text.js",
    "parts/menu.js",
    "parts/new-key.js",
    "parts/overview-attention.js",
    "parts/overview-charts.js",
    "parts/overview-figures.js",
    "parts/overview-top.js",
    "parts/palette.js",
    "parts/pieces.js",
    "parts/plain-table.js",
    "parts/plot.js",
    "parts/request-bodies.js",
    "parts/request-chart.js",
    "parts/request-columns.js",
    "parts/request-cost.js",
    "parts/request-details.js",
    "parts/request-link.js",
    "parts/request-list.js",
    "parts/request-panel.js",
    "parts/request-summary.js",
    "parts/request-timeline.js",
    "parts/span-detail.js",
    "parts/span-tree.js",
    "parts/sum-rows.js",
    "parts/sum-steps.js",
    "parts/table.js",
    "parts/theme.js",
    "parts/time-before.js",
    "parts/time-picker.js",
    NULL,
};
const char *const *const headgate_dashboard_names = names;

// No file has a zero in it.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char files[] = {
#embed "assets/style.css" suffix(, 0,)
#embed "assets/charts.css" suffix(, 0,)
#embed "assets/costs.css" suffix(, 0,)
#embed "assets/overview.css" suffix(, 0,)
#embed "assets/requests.css" suffix(, 0,)
#embed "assets/app.js" suffix(, 0,)
#embed "assets/mark.svg" suffix(, 0,)
#embed "assets/charts/area.js" suffix(, 0,)
#embed "assets/charts/axes.js" suffix(, 0,)
#embed "assets/charts/bar.js" suffix(, 0,)
#embed "assets/charts/charts.js" suffix(, 0,)
#embed "assets/charts/colors.js" suffix(, 0,)
#embed "assets/charts/geometry.js" suffix(, 0,)
#embed "assets/charts/head.js" suffix(, 0,)
#embed "assets/charts/heat-map.js" suffix(, 0,)
#embed "assets/charts/hub.js" suffix(, 0,)
#embed "assets/charts/keyboard.js" suffix(, 0,)
#embed "assets/charts/legend.js" suffix(, 0,)
#embed "assets/charts/line.js" suffix(, 0,)
#embed "assets/charts/paths.js" suffix(, 0,)
#embed "assets/charts/pointer.js" suffix(, 0,)
#embed "assets/charts/scale.js" suffix(, 0,)
#embed "assets/charts/sparkline.js" suffix(, 0,)
#embed "assets/charts/time-axis.js" suffix(, 0,)
#embed "assets/charts/time-chart.js" suffix(, 0,)
#embed "assets/charts/tooltip.js" suffix(, 0,)
#embed "assets/core/address.js" suffix(, 0,)
#embed "assets/core/api.js" suffix(, 0,)
#embed "assets/core/dom.js" suffix(, 0,)
#embed "assets/core/format.js" suffix(, 0,)
#embed "assets/core/loading.js" suffix(, 0,)
#embed "assets/core/pages.js" suffix(, 0,)
#embed "assets/core/range.js" suffix(, 0,)
#embed "assets/pages/audit.js" suffix(, 0,)
#embed "assets/pages/costs.js" suffix(, 0,)
#embed "assets/pages/keys.js" suffix(, 0,)
#embed "assets/pages/overview.js" suffix(, 0,)
#embed "assets/pages/providers.js" suffix(, 0,)
#embed "assets/pages/requests.js" suffix(, 0,)
#embed "assets/pages/sessions.js" suffix(, 0,)
#embed "assets/pages/system.js" suffix(, 0,)
#embed "assets/pages/trace.js" suffix(, 0,)
#embed "assets/pages/traces.js" suffix(, 0,)
#embed "assets/pages/users.js" suffix(, 0,)
#embed "assets/parts/ask.js" suffix(, 0,)
#embed "assets/parts/attributed.js" suffix(, 0,)
#embed "assets/parts/conversation-parts.js" suffix(, 0,)
#embed "assets/parts/conversation-read.js" suffix(, 0,)
#embed "assets/parts/conversation.js" suffix(, 0,)
#embed "assets/parts/copy.js" suffix(, 0,)
#embed "assets/parts/cost-budgets.js" suffix(, 0,)
#embed "assets/parts/cost-changes.js" suffix(, 0,)
#embed "assets/parts/cost-choice.js" suffix(, 0,)
#embed "assets/parts/cost-csv.js" suffix(, 0,)
#embed "assets/parts/cost-explorer.js" suffix(, 0,)
#embed "assets/parts/cost-forecast.js" suffix(, 0,)
#embed "assets/parts/cost-table.js" suffix(, 0,)
#embed "assets/parts/diff.js" suffix(, 0,)
#embed "assets/parts/facets.js" suffix(, 0,)
#embed "assets/parts/filter-line.js" suffix(, 0,)
#embed "assets/parts/filter-terms.js" suffix(, 0,)
#embed "assets/parts/first-request.js" suffix(, 0,)
#embed "assets/parts/keyboard.js" suffix(, 0,)
#embed "assets/parts/long-text.js" suffix(, 0,)
#embed "assets/parts/menu.js" suffix(, 0,)
#embed "assets/parts/new-key.js" suffix(, 0,)
#embed "assets/parts/overview-attention.js" suffix(, 0,)
#embed "assets/parts/overview-charts.js" suffix(, 0,)
#embed "assets/parts/overview-figures.js" suffix(, 0,)
#embed "assets/parts/overview-top.js" suffix(, 0,)
#embed "assets/parts/palette.js" suffix(, 0,)
#embed "assets/parts/pieces.js" suffix(, 0,)
#embed "assets/parts/plain-table.js" suffix(, 0,)
#embed "assets/parts/plot.js" suffix(, 0,)
#embed "assets/parts/request-bodies.js" suffix(, 0,)
#embed "assets/parts/request-chart.js" suffix(, 0,)
#embed "assets/parts/request-columns.js" suffix(, 0,)
#embed "assets/parts/request-cost.js" suffix(, 0,)
#embed "assets/parts/request-details.js" suffix(, 0,)
#embed "assets/parts/request-link.js" suffix(, 0,)
#embed "assets/parts/request-list.js" suffix(, 0,)
#embed "assets/parts/request-panel.js" suffix(, 0,)
#embed "assets/parts/request-summary.js" suffix(, 0,)
#embed "assets/parts/request-timeline.js" suffix(, 0,)
#embed "assets/parts/span-detail.js" suffix(, 0,)
#embed "assets/parts/span-tree.js" suffix(, 0,)
#embed "assets/parts/sum-rows.js" suffix(, 0,)
#embed "assets/parts/sum-steps.js" suffix(, 0,)
#embed "assets/parts/table.js" suffix(, 0,)
#embed "assets/parts/theme.js" suffix(, 0,)
#embed "assets/parts/time-before.js" suffix(, 0,)
#embed "assets/parts/time-picker.js" suffix(, 0,)
};
const unsigned char *const headgate_dashboard_bytes = files;
const size_t headgate_dashboard_length = sizeof files;
