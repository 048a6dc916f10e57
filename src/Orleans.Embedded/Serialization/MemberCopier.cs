using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>
/// Compiles what copies given fields of a type. It emits code since nothing else that is fast may write fields that are private or
/// readonly.
/// </summary>
internal static class MemberCopier
{
    private delegate void FieldsCopier(object from, object to, CopyContext context);

    public static TypeCopier For(Type type, IEnumerable<FieldInfo> fields)
    {
        var create = Creator(type);
        var copyFields = Compile(type, fields);
        return type.IsValueType ? CopyValue : CopyReference;

        object CopyReference(object value, CopyContext context)
        {
            var copy = create();
            context.Record(value, copy);
            copyFields(value, copy, context);
            return copy;
        }

        object CopyValue(object value, CopyContext context)
        {
            var copy = create();
            copyFields(value, copy, context);
            return copy;
        }
    }

    /// <summary>Makes an empty object: by its parameterless constructor if it has one, as Orleans does.</summary>
    public static Func<object> Creator(Type type) =>
        type.GetConstructor(Type.EmptyTypes) is null ? () => RuntimeHelpers.GetUninitializedObject(type) : () => Activator.CreateInstance(type)!;

    private static FieldsCopier Compile(Type type, IEnumerable<FieldInfo> fields)
    {
        var method = new DynamicMethod("CopyFields", null, [typeof(object), typeof(object), typeof(CopyContext)], typeof(MemberCopier).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        foreach (var field in fields)
        {
            if (!TypeCopiers.IsCarried(field.FieldType))
            {
                throw TypeCopiers.NotFound(field.FieldType);
            }

            LoadOwner(OpCodes.Ldarg_1, field);
            if (TypeCopiers.IsShared(field.FieldType))
            {
                LoadOwner(OpCodes.Ldarg_0, field);
                il.Emit(OpCodes.Ldfld, field);
            }
            else
            {
                il.Emit(OpCodes.Ldarg_2);
                LoadOwner(OpCodes.Ldarg_0, field);
                il.Emit(OpCodes.Ldfld, field);
                il.Emit(OpCodes.Call, typeof(CopyContext).GetMethod(nameof(CopyContext.Copy))!.MakeGenericMethod(field.FieldType));
            }

            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<FieldsCopier>();

        void LoadOwner(OpCode argument, FieldInfo field)
        {
            il.Emit(argument);
            il.Emit(type.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, type.IsValueType ? type : field.DeclaringType!);
        }
    }
}
