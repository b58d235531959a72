// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveReader;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Ownership.Setting;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Settings that left the file are set back to what they were.
 *
 * <p>For a device that plumbline did not make the original is the value it found. For one that it
 * made it is the value that every new device of the kind has; where that depends, the setting just
 * stays.
 */
final class Restorer {
  private static final SortedMap<String, Setting> NO_SETTINGS = new TreeMap<>();

  /** Beside the settings of a device that plumbline made: its mark, by which it is found again. */
  private static final String MARK = "owner";

  private static final String UP = "up";

  private static final Setting DOWN_ON_THE_WAY = new Setting("true", Set.of("true", "false"));

  private Restorer() {}

  /** The goal, and with it the originals of all settings that it no longer names. */
  static Goal withOriginals(Goal goal, LiveState live, Ownership ownership) {
    if (!goal.prune() || ownership.settings().isEmpty()) {
      return goal;
    }
    Set<String> inUse = LaterNamespaces.inUse(goal);
    Map<ResourceId, Wanted> wanted = new LinkedHashMap<>();
    Map<String, ResourceId> byMark = new HashMap<>();
    for (Wanted each : goal.wanted()) {
      wanted.put(each.resource().id(), each);
      byMark.put(each.address(), each.resource().id());
    }
    Map<String, Resource> byOwner = new HashMap<>();
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      String owner = device.owner();
      if (PeerText.isOtherHalf(owner)) {
        byOwner.putIfAbsent(PeerText.lostMark(Objects.requireNonNull(owner)), device);
      } else if (owner != null) {
        byOwner.put(owner, device);
      }
    }
    ownership
        .settings()
        .forEach(
            (id, settings) -> {
              if (id.type() == ResourceType.ADDRESS) {
                return; // Nobody gets back a lifetime that has run down.
              }
              Resource device = found(id, wanted.get(id), live, ownership, byOwner);
              ResourceId later = later(device == null ? id : device.id(), byMark, live);
              Wanted named = wanted.get(later);
              boolean leaves = named == null && leaves(id, device, wanted, inUse, live);
              if (device == null || leaves) {
                return;
              }
              SortedMap<String, String> originals = new TreeMap<>();
              settings.forEach(
                  (field, setting) -> {
                    boolean unnamed = named == null || !named.resource().has(field);
                    boolean fits = named == null || fitsMode(named.resource(), field);
                    if (unnamed
                        && fits
                        && stillSet(device, field, setting, ownership, byMark, live)) {
                      originals.put(field, setting.original());
                    }
                  });
              if (!staysPort(device, later, named, originals, byMark, live)) {
                originals.keySet().removeIf(field -> field.startsWith("port."));
              }
              // Who was no port before had none, and cannot be told to have none.
              originals
                  .entrySet()
                  .removeIf(each -> each.getKey().startsWith("port.") && each.getValue().isEmpty());
              if (!originals.isEmpty()) {
                wanted.put(
                    later,
                    named == null
                        ? new Wanted(later.toString(), new Resource(later, null, originals), false)
                        : new Wanted(
                            named.address(), named.resource().with(originals), named.makes()));
              }
            });
    return new Goal(
        List.copyOf(wanted.values()),
        true,
        goal.remove(),
        goal.protect(),
        goal.problems(),
        goal.checks());
  }

  /**
   * Whether the device will be a port of the bridge that it is a port of now: settings as a port go
   * with the bridge, and the kernel takes none where there is none (EOPNOTSUPP).
   */
  private static boolean staysPort(
      Resource device,
      ResourceId later,
      @Nullable Wanted named,
      Map<String, String> originals,
      Map<String, ResourceId> byMark,
      LiveState live) {
    String now = device.get("master");
    ResourceId master = later(ResourceId.deviceIn(device.id().namespace(), now), byMark, live);
    String next = originals.getOrDefault("master", master.device());
    if (named != null && named.resource().has("master")) {
      next = named.resource().get("master");
    }
    return !now.isEmpty() && master.equals(ResourceId.deviceIn(later.namespace(), next));
  }

  /** The devices that bear a mark of the one that this is, or is on. */
  private static List<Resource> bearers(
      ResourceId id, Ownership ownership, Map<String, Resource> byOwner) {
    Setting mark = id.device().isEmpty() ? null : ownership.find(id.ofDevice(), MARK);
    return mark == null
        ? List.of()
        : mark.set().stream().map(byOwner::get).filter(Objects::nonNull).toList();
  }

  /**
   * The live resource, also where somebody has renamed the device meanwhile, and another one has
   * its name by now. Where an exchange of names broke off, each of the two names is remembered of
   * both devices, and is of that which has it.
   */
  private static @Nullable Resource found(
      ResourceId id,
      @Nullable Wanted named,
      LiveState live,
      Ownership ownership,
      Map<String, Resource> byOwner) {
    List<Resource> bearers = bearers(id, ownership, byOwner);
    Resource there = live.find(id);
    if (bearers.stream().anyMatch(each -> each.id().equals(id.ofDevice()))) {
      return there;
    }
    for (Resource each : bearers) {
      boolean here = each.id().namespace().equals(id.namespace());
      if (here && !bearers(each.id(), ownership, byOwner).contains(each)) {
        return live.find(id.onDevice(each.id().device()));
      }
    }
    if (!id.device().isEmpty() && ownership.find(id.ofDevice(), MARK) != null) {
      there = null; // of this name, but somebody else's, also where ours is out of sight or gone
    }
    if (there != null || named == null || !named.makes() || id.type() != ResourceType.DEVICE) {
      return there;
    }
    return byOwner.get(named.address());
  }

  /** What the identity will be once the device has the name that the file gives it. */
  private static ResourceId later(ResourceId id, Map<String, ResourceId> byMark, LiveState live) {
    Resource device = id.device().isEmpty() ? null : live.find(id.ofDevice());
    ResourceId wanted =
        device == null || device.owner() == null ? null : byMark.get(device.owner());
    return wanted == null
        ? id
        : new ResourceId(id.type(), wanted.namespace(), wanted.device(), id.key());
  }

  /** Whether it goes, or all around it, so that nothing is to be restored. */
  private static boolean leaves(
      ResourceId id,
      @Nullable Resource device,
      Map<ResourceId, Wanted> wanted,
      Set<String> inUse,
      LiveState live) {
    Resource namespace = live.find(ResourceId.namespaceNamed(id.namespace()));
    boolean with =
        id.type() == ResourceType.SYSCTL
            && namespace != null
            && namespace.isOurs()
            && !inUse.contains(id.namespace())
            && !wanted.containsKey(namespace.id());
    return with || (device != null && live.isOurs(device));
  }

  /** The kernel refuses options of another mode (EACCES; unsuppmodes in bond_options.c). */
  private static boolean fitsMode(Resource bond, String field) {
    String mode = bond.get("mode");
    return switch (field) {
      case "primary" -> Set.of("", "active-backup", "balance-tlb", "balance-alb").contains(mode);
      case "lacpRate" -> Set.of("", "802.3ad").contains(mode);
      case "arpInterval", "arpValidate" ->
          !Set.of("802.3ad", "balance-tlb", "balance-alb").contains(mode);
      default -> true;
    };
  }

  private static boolean stillSet(
      Resource device,
      String field,
      Setting setting,
      Ownership ownership,
      Map<String, ResourceId> byMark,
      LiveState live) {
    String value = device.get(field);
    boolean set = setting.set().contains(value);
    if (!set && field.equals("master") && !value.isEmpty()) {
      // Somebody has renamed the master, and gets its name back.
      ResourceId master = ResourceId.deviceIn(device.id().namespace(), value);
      set =
          setting.set().contains(later(master, byMark, live).device())
              || setting.set().stream().anyMatch(name -> wasCalled(master, name, ownership, live));
    }
    if (!set) {
      return false;
    }
    DeviceKind kind = DeviceKinds.of(device.get("kind"));
    if (kind != null
        && !live.isOurs(device)
        && kind.refusal().refuses(device, field, setting.original())) {
      return false; // it would have to be made anew, with what others have hung on it
    }
    return !field.equals("master")
        || setting.original().isEmpty()
        || live.has(ResourceId.deviceIn(device.id().namespace(), setting.original()));
  }

  /** Whether the device bears the mark of the one that had this name. */
  private static boolean wasCalled(
      ResourceId device, String name, Ownership ownership, LiveState live) {
    Resource there = live.find(device);
    Setting mark = ownership.find(ResourceId.deviceIn(device.namespace(), name), MARK);
    return there != null && mark != null && mark.set().contains(String.valueOf(there.owner()));
  }

  /** What has to be on disk before the first step is taken, so that a crash forgets nothing. */
  static Ownership remembering(Plan plan, LiveState live, Ownership ownership) {
    Map<ResourceId, Map<String, Setting>> settings = new HashMap<>();
    Set<ResourceId> unmarked = new TreeSet<>();
    Map<ResourceId, String> pvids = defaultVlans(plan, live);
    for (Change change : plan.changes()) {
      ResourceId id = change.id();
      if (change instanceof Change.Delete) {
        continue;
      }
      boolean lost = wasUp(change, plan, live) && ownership.find(id, UP) == null;
      if (isPutBack(change)) {
        if (lost) {
          settings.computeIfAbsent(id, key -> new HashMap<>()).put(UP, DOWN_ON_THE_WAY);
        }
        continue;
      }
      if (change instanceof Change.Modify modify && !modify.live().id().equals(id)) {
        // What is remembered of a device goes with it to its new name.
        Map<String, Setting> before = settings.get(modify.live().id());
        boolean aside = before != null && !live.has(modify.live().id());
        Map<String, Setting> carried =
            aside ? before : ownership.settings().getOrDefault(modify.live().id(), NO_SETTINGS);
        settings.put(id, new HashMap<>(carried));
        // So is, until all is done, what is remembered of the one that has this name now.
        merge(ownership.settings().getOrDefault(id, NO_SETTINGS), settings.get(id));
        lifetimes(modify, ownership, settings);
      }
      if (lost) {
        settings.computeIfAbsent(id, key -> new HashMap<>()).put(UP, DOWN_ON_THE_WAY);
      }
      if (id.type() == ResourceType.ADDRESS) {
        if (change instanceof Change.Create && !live.capabilities().addressProtocol()) {
          unmarked.add(id);
        }
        Map<String, Setting> lifetimes = Lifetimes.before(change, ownership);
        if (!lifetimes.isEmpty()) {
          settings.put(id, lifetimes);
        }
      } else if (id.type() == ResourceType.DEVICE
          || id.type() == ResourceType.SYSCTL
          || id.type() == ResourceType.VLANS) {
        Map<String, Setting> fields = settingsOf(change, live, ownership, pvids);
        if (fields.containsKey("master")) {
          master(change, plan, live, ownership, settings);
        }
        if (!fields.isEmpty()) {
          merge(fields, settings.computeIfAbsent(id, key -> new HashMap<>()));
        }
      }
    }
    return ownership.with(settings, unmarked);
  }

  /**
   * Whether a device of somebody else's is up, and down for a moment until this step, as a member
   * of a bond is that joins or is let go.
   */
  private static boolean wasUp(Change change, Plan plan, LiveState live) {
    Resource device = change instanceof Change.Modify modify ? live.find(modify.live().id()) : null;
    return device != null
        && !live.isOurs(device)
        && device.get(UP).equals("true")
        && ((Change.Modify) change).wanted().get(UP).equals("true")
        && goesDown((Change.Modify) change, device, plan, live);
  }

  private static boolean goesDown(
      Change.Modify change, Resource device, Plan plan, LiveState live) {
    boolean renames = !change.live().id().equals(change.id());
    if (change.changes(UP) || (renames && !live.capabilities().liveRename())) {
      return true;
    }
    for (FieldChange field : change.fields()) {
      DeviceField known = DeviceKinds.field(device.get("kind"), field.name());
      if (known != null
          && (known.change() == How.NEEDS_DOWN || known.change() == How.NEEDS_EMPTY)) {
        return true;
      }
    }
    if (!change.changes("master")) {
      return false;
    }
    // The one by its name now, the other by the name that it has when the device joins.
    String namespace = device.id().namespace();
    Resource before = live.find(ResourceId.deviceIn(namespace, device.get("master")));
    ResourceId after = ResourceId.deviceIn(namespace, change.wanted().get("master"));
    return (before != null && before.get("kind").equals("bond"))
        || plan.masters().getOrDefault(after, "").equals("bond");
  }

  /** Adds the values that a field may have been set to, too. */
  private static void merge(Map<String, Setting> more, Map<String, Setting> settings) {
    more.forEach((field, setting) -> settings.merge(field, setting, Setting::or));
  }

  /** A port that is to be let go later may find its master under another name. */
  private static void master(
      Change port,
      Plan plan,
      LiveState live,
      Ownership ownership,
      Map<ResourceId, Map<String, Setting>> settings) {
    String name = Objects.requireNonNull(port.after()).get("master");
    ResourceId id = ResourceId.deviceIn(port.id().namespace(), name);
    Resource master = live.find(id);
    for (Change change : plan.changes()) {
      master = change.id().equals(id) && change.after() != null ? change.after() : master;
    }
    String mark = master == null ? null : master.owner();
    if (mark != null) {
      settings.computeIfAbsent(id, key -> new HashMap<>()).put(MARK, mark(id, mark, ownership));
    }
  }

  private static Setting mark(ResourceId device, String mark, Ownership ownership) {
    Setting known = ownership.find(device, MARK);
    return known == null ? new Setting("", mark) : known.or(mark);
  }

  /** So does what is remembered of the addresses on it. */
  private static void lifetimes(
      Change.Modify device, Ownership ownership, Map<ResourceId, Map<String, Setting>> settings) {
    ownership
        .settings()
        .forEach(
            (id, fields) -> {
              if (id.type() == ResourceType.ADDRESS && id.ofDevice().equals(device.live().id())) {
                ResourceId later =
                    new ResourceId(
                        id.type(), device.id().namespace(), device.id().device(), id.key());
                settings.putIfAbsent(later, new HashMap<>(fields));
              }
            });
  }

  /** Whether the change only gives back to a device of somebody else's what it loses meanwhile. */
  private static boolean isPutBack(Change change) {
    return change.address().equals(change.id().toString());
  }

  /** The VLANs that a new port has by itself, by device, where the plan says who its bridge is. */
  private static Map<ResourceId, String> defaultVlans(Plan plan, LiveState live) {
    Map<ResourceId, Resource> devices = new HashMap<>();
    live.ofType(ResourceType.DEVICE).forEach(each -> devices.put(each.id(), each));
    for (Change change : plan.changes()) {
      Resource wanted = change.after();
      if (change.id().type() == ResourceType.DEVICE && wanted != null) {
        devices.put(change.id(), wanted);
      }
    }
    Map<ResourceId, String> vlans = new HashMap<>();
    for (Change change : plan.changes()) {
      if (change.id().type() == ResourceType.VLANS && change instanceof Change.Create) {
        ResourceId id = change.id().ofDevice();
        Resource device = devices.get(id);
        String master = device == null ? "" : device.get("master");
        Resource bridge =
            master.isEmpty() ? device : devices.get(ResourceId.deviceIn(id.namespace(), master));
        String pvid = bridge == null ? "" : bridge.get("defaultPvid");
        vlans.put(
            change.id(), pvid.equals("0") ? "" : (pvid.isEmpty() ? "1" : pvid) + " pvid untagged");
      }
    }
    return vlans;
  }

  private static @Nullable String byDefault(
      ResourceId id, String kind, String field, Map<ResourceId, String> vlans, LiveState live) {
    if (id.type() == ResourceType.SYSCTL) {
      return live.inNewNamespace(id.key());
    }
    if (id.type() == ResourceType.VLANS) {
      return vlans.get(id);
    }
    if (field.equals("master")) {
      return "";
    }
    DeviceField described = DeviceKinds.field(kind, field);
    return described == null ? null : described.kernelDefault();
  }

  private static Map<String, Setting> settingsOf(
      Change change, LiveState live, Ownership ownership, Map<ResourceId, String> vlans) {
    Map<String, Setting> settings = new HashMap<>();
    boolean found = change instanceof Change.Modify modify && !live.isOurs(modify.live());
    Resource wanted = change.after();
    String kind = wanted == null ? "" : wanted.get("kind");
    Resource before = change instanceof Change.Modify modify ? live.find(modify.live().id()) : null;
    for (FieldChange field : change.fields()) {
      if (before != null && before.get(field.name()).equals(field.after())) {
        // Lost on the way and given back.
        continue;
      }
      Setting known = ownership.find(change.id(), field.name());
      if (known != null && !(change instanceof Change.Create)) {
        settings.put(field.name(), known.or(field.after()));
        continue;
      }
      String original = field.before();
      if (!found) {
        String value = byDefault(change.id(), kind, field.name(), vlans, live);
        if (value == null) {
          continue;
        }
        original = value;
      }
      settings.put(field.name(), new Setting(original, Set.of(field.after())));
    }
    String mark = wanted == null ? null : wanted.owner();
    boolean makes = change instanceof Change.Create || change instanceof Change.Recreate;
    boolean remembers = makes || !settings.isEmpty();
    if (remembers && mark != null && change.id().type() == ResourceType.DEVICE) {
      settings.put(MARK, mark(change.id(), mark, ownership));
    }
    return settings;
  }

  /**
   * Devices of names under which plumbline made some, without its mark: a sentence for each.
   * Somebody has taken it away; or it is another device; or the kernel refused it and plumbline was
   * killed before it had removed the device, for the kernel takes no mark with a creation.
   */
  static List<String> unmarked(LiveState live, Ownership ownership) {
    List<String> sentences = new ArrayList<>();
    ownership
        .settings()
        .forEach(
            (id, settings) -> {
              Setting mark = settings.get(MARK);
              Resource there = id.type() == ResourceType.DEVICE ? live.find(id) : null;
              if (mark == null || there == null || live.isOurs(there)) {
                return;
              }
              boolean elsewhere =
                  live.ofType(ResourceType.DEVICE).stream()
                      .anyMatch(each -> mark.set().contains(String.valueOf(each.owner())));
              if (!elsewhere) {
                sentences.add(unmarked(id, mark.set().iterator().next()));
              }
            });
    return sentences;
  }

  private static String unmarked(ResourceId device, String mark) {
    String in = device.namespace().isEmpty() ? "" : "-n " + device.namespace() + " ";
    return mark
        + ": "
        + device
        + " does not bear plumbline's mark, so it stays when the file no longer names it; if it is"
        + " plumbline's: ip "
        + in
        + "link set "
        + device.device()
        + " alias "
        + LiveReader.MARK
        + mark;
  }

  /** Whether nobody can tell what became of it. */
  private static boolean isOutOfSight(ResourceId id, LiveState live) {
    return LaterNamespaces.isUnreadable(live.find(ResourceId.namespaceNamed(id.namespace())));
  }

  /** What the goal still names, and what is still there or out of sight. */
  static Ownership forgetting(Goal goal, LiveState live, Ownership ownership) {
    Map<ResourceId, Resource> wanted = new HashMap<>();
    goal.wanted().forEach(each -> wanted.put(each.resource().id(), each.resource()));
    SortedMap<ResourceId, SortedMap<String, Setting>> settings = new TreeMap<>();
    ownership
        .settings()
        .forEach(
            (id, fields) -> {
              Resource named = wanted.get(id);
              if (named == null && isOutOfSight(id, live)) {
                settings.put(id, fields);
              }
              if (named != null) {
                SortedMap<String, Setting> kept = new TreeMap<>(fields);
                kept.keySet().removeIf(field -> !named.has(field));
                kept.replaceAll(
                    (field, setting) -> new Setting(setting.original(), Set.of(named.get(field))));
                String mark = named.owner();
                if (mark != null && fields.containsKey(MARK)) {
                  kept.put(MARK, new Setting("", mark));
                }
                if (!kept.isEmpty()) {
                  settings.put(id, kept);
                }
              }
            });
    for (Resource each : wanted.values()) {
      Map<String, Setting> lifetimes =
          each.id().type() == ResourceType.ADDRESS && live.has(each.id())
              ? Lifetimes.after(each)
              : Map.of();
      if (!lifetimes.isEmpty()) {
        settings.put(each.id(), new TreeMap<>(lifetimes));
      }
    }
    TreeSet<ResourceId> unmarked = new TreeSet<>(ownership.unmarked());
    unmarked.removeIf(id -> !isOutOfSight(id, live) && (!live.has(id) || !wanted.containsKey(id)));
    return new Ownership(settings, unmarked);
  }
}
