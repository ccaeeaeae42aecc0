#include "server/live/commands.hpp"

#include <nlohmann/json.hpp>

#include "persistence/live.hpp"
#include "protocol/contract.hpp"
#include "protocol/ids.hpp"
#include "server/gate.hpp"
#include "server/log.hpp"

namespace margelle {
namespace {

constexpr std::int64_t last_number = 9'000'000'000'000'000;     // as the contract has it: what JavaScript counts exactly

}  // namespace

std::optional<Command> read_command(std::string_view text) try {
    const nlohmann::json message = parse_json(text);
    Command command;
    const auto type = message.at("type").get<std::string>();
    command.subscribe = type == "subscribe";
    if (!command.subscribe && type != "unsubscribe") return std::nullopt;
    command.feed.group = message.at("group").get<std::string>();
    command.feed.feed = message.value("circle", command.feed.group);
    if (command.subscribe) command.after = message.at("after").get<std::int64_t>();
    const std::size_t members = 2u + message.contains("circle") + command.subscribe;
    if (message.size() != members || !is_id(command.feed.group) || !is_id(command.feed.feed)) return std::nullopt;
    if (command.after < 0 || command.after > last_number || (command.subscribe && !message.at("after").is_number_integer())) return std::nullopt;
    return command;
} catch (const std::exception&) {
    return std::nullopt;
}

SubscriptionAnswer authorise(persistence::Connection& connection, const std::string& token_hash, const Command& command) {
    SubscriptionAnswer answer;
    try {
        persistence::Transaction t(connection, persistence::Access::read);
        pass(Gate::content, t.enter(token_hash, command.feed.group));
        const auto head = persistence::live::head(t, command.feed.feed);
        if (!head) throw Error(Code::not_found);
        answer.head = head->last_seq;
        answer.epoch = head->access_epoch;
    } catch (const Error& error) {
        answer.refusal = error;
    } catch (const std::exception& error) {
        log(Level::warning, "a subscription failed", {{"error", error.what()}});
        answer.refusal = Error(Code::busy);
    }
    return answer;
}

}  // namespace margelle
