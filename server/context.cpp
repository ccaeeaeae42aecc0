#include "server/context.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <regex>

#include "persistence/audit.hpp"
#include "server/identity/credential.hpp"

namespace margelle {

Context::Context(
    const Services& services, const Request& request, const Route& route, const nlohmann::json& body, persistence::Connection& connection)
    : services(services),
      request(request),
      gate_(route.gate),
      scope_(route.scope),
      body_(body),
      connection_(connection),
      reads_(route.verb == Verb::get),
      access_(reads_ && route.run != Run::stream ? persistence::Access::read : persistence::Access::write),
      token_hash_(credential_hash(request, services.config)) {
    const auto group = request.inputs.path.find("group");
    if (group != request.inputs.path.end()) group_ = group->second;
    begin();
}

void Context::begin() {
    const auto as = reads_as();
    transaction_ = std::make_unique<persistence::Transaction>(connection_, access_);
    pass(gate_, transaction_->enter(token_hash_, group_, request.address, as), scope_);
}

std::optional<std::string> Context::reads_as() {
    const std::string as(request.header("read-as"));
    if (as.empty() || !group_) return std::nullopt;
    static const std::regex form("member:[0-9a-f-]{36}|category:[a-z_]{1,40}|public");
    if (!std::regex_match(as, form)) throw Error(Code::invalid, {{"header/Read-As", "is not member:…, category:… or public"}});
    if (!reads_) throw Error(Code::read_only);
    persistence::Transaction t(connection_, persistence::Access::write);
    if (t.enter(token_hash_, group_, request.address).scopes) throw Error(Code::out_of_scope);
    persistence::audit::record_reading_as(t, as);
    t.commit();
    return as;
}

void Context::enter(const std::optional<std::string>& token_hash, const std::optional<std::string>& group) {
    token_hash_ = token_hash;
    group_ = group;
    transaction_->enter(token_hash_, group_, request.address);
}

void Context::outside(const std::function<void()>& slow) {
    transaction_->commit();
    transaction_.reset();
    slow();
    begin();
}

const std::string& Context::path(std::string_view name) const { return request.inputs.path.find(name)->second; }

std::optional<std::string> Context::query(std::string_view name) const {
    const auto found = request.inputs.query.find(name);
    return found == request.inputs.query.end() ? std::nullopt : std::optional<std::string>(found->second);
}

std::int64_t Context::big_number(std::string_view name, std::int64_t otherwise) const {
    const auto text = query(name);
    if (text) std::from_chars(text->data(), text->data() + text->size(), otherwise);
    return otherwise;
}

int Context::number(std::string_view name, int otherwise) const { return static_cast<int>(big_number(name, otherwise)); }

std::string Context::text(const char* member) const { return body_.at(member).get<std::string>(); }

std::vector<std::string> Context::texts(const char* member) const {
    const auto found = body_.find(member);
    return found == body_.end() ? std::vector<std::string>{} : found->get<std::vector<std::string>>();
}

std::optional<std::string> Context::maybe_text(const char* member) const {
    const auto found = body_.find(member);
    if (found == body_.end() || found->is_null()) return std::nullopt;
    return found->get<std::string>();
}

int Context::if_match() const {
    const std::string_view etag = request.header("if-match");
    int revision = 0;
    if (etag.size() > 3 && etag.starts_with("\"r") && etag.ends_with('"')) {
        const char* const end = etag.data() + etag.size() - 1;
        if (std::from_chars(etag.data() + 2, end, revision).ptr != end) return 0;
    }
    return revision;
}

}  // namespace margelle
