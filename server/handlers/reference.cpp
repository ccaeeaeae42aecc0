#include "persistence/reference.hpp"

#include "protocol/json_text.hpp"
#include "protocol/receipt.hpp"
#include "server/config.hpp"
#include "server/context.hpp"
#include "server/documents.hpp"
#include "server/files.hpp"
#include "server/handlers/handlers.hpp"
#include "server/markdown.hpp"

namespace margelle::handlers::reference {

Response show(Context& c) {
    return json("{" + persistence::reference::lists(c.transaction()) + R"(,"group_creation":)" + json_string(c.services.config.group_creation) +
                R"(,"host":)" + json_string(c.services.config.host) + "}");
}

Response territories(Context& c) { return json(persistence::reference::territories(c.transaction(), *c.query("q"))); }

Response nda_models(Context&) { return json(json_list(server_file("nda_models.json"))); }

Response preview(Context& c) { return json(R"({"html":)" + json_string(render_markdown(c.text("text")).html) + "}"); }

Response receipt_keys(Context& c) {
    std::string items = "[";
    for (const SigningKey& key : c.services.signing_keys) {
        if (items.size() > 1) items += ',';
        items += R"({"key_id":)" + json_string(key.key_id()) + R"(,"algorithm":"Ed25519","pem":)" + json_string(key.public_pem()) + "}";
    }
    return json(json_list(items + "]"));
}

Response openapi(Context&) { return json(std::string(document("openapi.json"))); }

Response asyncapi(Context&) { return json(std::string(document("asyncapi.json"))); }

// Only reached by requests that do not ask for the upgrade: the connection takes those that do.
Response stream(Context&) { throw Error(Code::upgrade_required); }

}  // namespace margelle::handlers::reference
