#include "persistence/audit.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "protocol/audit.hpp"
#include "protocol/json_text.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"

namespace margelle::handlers::audit {

namespace db = persistence::audit;

Response list(Context& c) {
    std::optional<std::int64_t> before;
    if (const auto cursor = c.query("cursor")) {
        std::int64_t entry = 0;
        const auto [end, error] = std::from_chars(cursor->data(), cursor->data() + cursor->size(), entry);
        if (error != std::errc{} || end != cursor->data() + cursor->size()) throw Error(Code::invalid, {{"query/cursor", "is not one of ours"}});
        before = entry;
    }
    const db::Filter filter{c.query("person"), c.query("object"), c.query("kind"), c.query("from"), c.query("until")};
    const auto page = db::list(c.transaction(), filter, before, c.limit());
    return json(R"({"items":)" + page.items + R"(,"next_cursor":)" + (page.next ? json_string(std::to_string(*page.next)) : "null") + "}");
}

Response export_chain(Context& c) {
    const db::Head head = db::head(c.transaction());
    const auto last = signed_head(*c.who().group, head.position, head.hash, head.now, c.services.signing_keys.front());
    db::record(c.transaction(), "audit.exported", std::nullopt, std::nullopt, R"({"position":)" + std::to_string(head.position) + "}");
    Response response{200, "application/jsonl", db::lines(c.transaction(), head.position) + last.dump() + "\n"};
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"margelle-audit.jsonl\"");
    return response;
}

}  // namespace margelle::handlers::audit
